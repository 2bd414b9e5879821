import './node-version.mjs'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { writeSbom } from './sbom.mjs'
import { setUp } from './set-up.mjs'
import { root, runTool } from './toolchain.mjs'

const dist = join(root, 'dist')
const stamp = join(dist, '.built')

/** Compiles src/ and web/ to dist/ when a source is newer than the last build. Ends the process with exit code 1 when it does not compile. */
export async function build() {
  const wanted = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.log('Building … / Compilando …')
  rmSync(stamp, { force: true })
  rmSync(join(dist, 'web'), { recursive: true, force: true })
  if (!STEPS.every(([script, ...args]) => runTool(script, args) === 0)) {
    console.error('\nThe sources do not compile: see above. / Las fuentes no compilan: vea más arriba.')
    process.exit(1)
  }
  copyAssets()
  removeLeftovers()
  writeSbom(join(dist, 'sbom.cdx.json'))
  writeFileSync(stamp, wanted)
}

/** @type {readonly (readonly [script: string, ...args: string[]])[]} */
const STEPS = [
  ['typescript/bin/tsc', '-p', 'tsconfig.build.json'],
  ['vite/bin/vite.js', 'build', '--config', 'web/element/vite.config.ts'],
  ['vite/bin/vite.js', 'build', '--config', 'web/dashboard/vite.config.ts'],
  ['typescript/bin/tsc', '-p', 'web/tsconfig.build.json'],
]

/** Name, size and time of everything that a build depends on. */
function fingerprint() {
  const sources = ['src', 'web'].flatMap((folder) => filesOf(folder).map((file) => join(folder, file)))
  const inputs = [...sources, 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']
  const hash = createHash('sha256')
  for (const input of inputs.sort()) {
    const { size, mtimeMs } = statSync(join(root, input))
    hash.update(`${input} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

/** What the compiler does not carry over. */
function copyAssets() {
  for (const file of filesOf('src').filter((name) => !name.endsWith('.ts'))) cpSync(join(root, 'src', file), join(dist, file))
}

/** Outputs of sources that are gone would still be imported, and published. */
function removeLeftovers() {
  const sources = new Set(filesOf('src').flatMap((file) => [file, file.replace(/\.ts$/, '')]))
  for (const file of filesOf('dist').filter((name) => !name.startsWith('web'))) {
    if (!sources.has(file) && !sources.has(file.replace(/(\.d\.ts|\.js)$/, ''))) rmSync(join(dist, file))
  }
}

/** @param {string} folder */
function filesOf(folder) {
  const top = join(root, folder)
  if (!existsSync(top)) return []
  return readdirSync(top, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(top, name)).isFile())
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await setUp()
  await build()
}
