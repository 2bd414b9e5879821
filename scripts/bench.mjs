import './node-version.mjs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { build } from './build.mjs'
import { endWithParent } from './parent-watch.mjs'
import { setUp } from './set-up.mjs'
import { developmentNode, root, toolEnvironment } from './toolchain.mjs'

endWithParent()
await setUp()
await build()

// When this process is killed, the bench notices by itself and ends what it has started.
const node = developmentNode() ?? process.execPath
const main = join(root, 'bench', 'main.ts')
const bench = spawn(node, [main, ...process.argv.slice(2)], { cwd: root, env: toolEnvironment(), stdio: 'inherit' })
const [status] = await once(bench, 'exit')
process.exit(status ?? 1)
