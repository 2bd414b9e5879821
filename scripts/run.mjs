/** `node scripts/run.mjs PROGRAM [argument…]`: builds the gateway and runs one of the long programs that measure it. */
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

// When this process is killed, the program notices by itself and ends what it has started.
const node = developmentNode() ?? process.execPath
const [main = '', ...args] = process.argv.slice(2)
const program = spawn(node, [join(root, main), ...args], { cwd: root, env: toolEnvironment(), stdio: 'inherit' })
const [status] = await once(program, 'exit')
process.exit(status ?? 1)
