import './node-version.mjs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build } from './build.mjs'
import { setUp } from './set-up.mjs'
import { developmentNode, root, toolEnvironment } from './toolchain.mjs'

await setUp()
await build()

const node = developmentNode() ?? process.execPath
const main = join(root, 'bench', 'main.ts')
const { status } = spawnSync(node, [main, ...process.argv.slice(2)], { cwd: root, env: toolEnvironment(), stdio: 'inherit' })
process.exit(status ?? 1)
