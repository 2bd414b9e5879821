import './node-version.mjs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from './build.mjs'
import { endWithParent } from './parent-watch.mjs'
import { setUp } from './set-up.mjs'
import { root } from './toolchain.mjs'

endWithParent()
await setUp()
await build()

// In this very process: signals and the exit code need no messenger.
const main = join(root, 'dist', 'main.js')
process.argv.splice(1, 1, main, 'serve')
await import(pathToFileURL(main).href)
