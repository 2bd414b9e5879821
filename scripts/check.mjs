import './node-version.mjs'
import { build } from './build.mjs'
import { setUp } from './set-up.mjs'
import { runTool } from './toolchain.mjs'

/** What CI demands before it runs the tests: `npm run check` is the only definition of it. */
const steps = [
  { name: 'format and lint', tool: 'biome check', script: '@biomejs/biome/bin/biome', args: ['check', '--error-on-warnings'] },
  { name: 'types', tool: 'tsc', script: 'typescript/bin/tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'types of web/', tool: 'tsc', script: 'typescript/bin/tsc', args: ['-p', 'web/tsconfig.json'] },
  { name: 'types of the tests of web/', tool: 'tsc', script: 'typescript/bin/tsc', args: ['-p', 'web/tsconfig.test.json'] },
  { name: 'dead code', tool: 'knip', script: 'knip/bin/knip.js', args: [] },
  { name: 'package', tool: 'publint', script: 'publint/src/cli.js', args: ['--strict'] },
  { name: 'docs and architecture', tool: 'vitest', script: 'vitest/vitest.mjs', args: ['run', 'test/architecture', 'test/docs'] },
]

await setUp()
await build()

const failed = []
for (const { name, tool, script, args } of steps) {
  console.log(`\n── ${name} (${tool})`)
  if (runTool(script, args) !== 0) failed.push(`${name} (${tool})`)
}
console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}`)
process.exit(failed.length === 0 ? 0 : 1)
