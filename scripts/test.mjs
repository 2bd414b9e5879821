import './node-version.mjs'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build } from './build.mjs'
import { installPeers } from './install-peers.mjs'
import { endWithParent } from './parent-watch.mjs'
import { setUp } from './set-up.mjs'
import { developmentNode, root, toolEnvironment } from './toolchain.mjs'

endWithParent()
await setUp()
await build()
installPeers()

const node = developmentNode()
if (!node) {
  console.error('The tests need Node.js 24, which `npm ci` should have put into node_modules/node: run `npm rebuild node`.')
  process.exit(1)
}
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const child = spawn(node, [vitest, 'run', ...process.argv.slice(2)], { cwd: root, env: toolEnvironment(), stdio: 'inherit' })
// A terminal sends Ctrl+C to both; `kill` reaches this process only. Either way vitest ends its workers, and we follow.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => signal === 'SIGINT' || child.kill(signal))
}
child.on('exit', (code) => process.exit(code ?? 1))
