import './node-version.mjs'
import { spawnSync } from 'node:child_process'
import { root, toolEnvironment } from './toolchain.mjs'

/**
 * Asks the registry for known holes in what the program runs with. Ends with 1 where one is severe; says so aloud, and ends well, where
 * the registry cannot be asked.
 */
const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  cwd: root,
  env: toolEnvironment(),
  encoding: 'utf8',
  timeout: 60_000,
})
const found = readReport(stdout)
if (!found) {
  console.log('SKIPPED: npm audit. The registry does not answer; nothing is known about holes in the dependencies.')
} else {
  const severe = Object.values(found).filter(({ severity }) => severity === 'high' || severity === 'critical')
  for (const { name, severity } of Object.values(found)) console.log(`${severity}: ${name}`)
  console.log(`${severe.length} severe holes are known in ${Object.keys(found).length} packages with holes.`)
  process.exitCode = severe.length > 0 ? 1 : 0
}

/**
 * @param {string} text
 * @returns {Record<string, { name: string, severity: string }> | undefined}
 */
function readReport(text) {
  try {
    return JSON.parse(text).vulnerabilities
  } catch {
    return undefined // an answer of whoever stands in between
  }
}
