import './node-version.mjs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { endWithParent } from './parent-watch.mjs'
import { setUp } from './set-up.mjs'
import { developmentNode, root, toolEnvironment } from './toolchain.mjs'

endWithParent()
await setUp()

const node = developmentNode() ?? process.execPath
const main = join(root, 'test', 'fuzz', 'main.ts')
const fuzz = spawn(node, [main, ...process.argv.slice(2)], { cwd: root, env: toolEnvironment(), stdio: 'inherit' })
const [status] = await once(fuzz, 'exit')
process.exit(status ?? 1)
