import './node-version.mjs'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { developmentNode, npmCommand, root } from './toolchain.mjs'

const stamp = join(root, 'node_modules', '.atalaya-set-up')

/** Installs the dependencies when node_modules is missing or was made for another package-lock.json. */
export async function setUp() {
  const wanted = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.log('Installing dependencies; the first time takes about a minute … / Instalando dependencias …')
  // Production settings of the user's environment must not leave out the tools, nor does FFmpeg need a download of its own.
  const code = await run([...npmCommand(), 'ci', '--include=dev', '--include=optional', '--loglevel=error'], {
    SKIP_FFMPEG: 'true',
  })
  if (code !== 0) {
    console.error(
      `\nnpm ci failed with exit code ${code}: see its message above. It needs the npm registry: behind a proxy, set https_proxy.` +
        '\nnpm ci ha fallado: vea su mensaje más arriba. Necesita acceso al registro de npm: tras un proxy, defina https_proxy.',
    )
    process.exit(1)
  }
  // With `ignore-scripts` in the user's npm settings the package `node` stays empty: its own script fetches the program.
  if (!developmentNode()) await run([...npmCommand(), 'rebuild', 'node', '--ignore-scripts=false'], {})
  writeFileSync(stamp, wanted)
}

function fingerprint() {
  const lock = readFileSync(join(root, 'package-lock.json'))
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}\n`
}

/**
 * @param {readonly string[]} command
 * @param {Record<string, string>} extraEnvironment
 */
async function run([command = '', ...args], extraEnvironment) {
  const started = performance.now()
  const shell = command.endsWith('.cmd')
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...extraEnvironment }, stdio: 'inherit', shell })
  // On a terminal npm turns a wheel of its own; in a log nothing would move for a minute.
  const tick = setInterval(() => console.log(`  … ${Math.round((performance.now() - started) / 1000)} s`), 10_000)
  if (process.stderr.isTTY) clearInterval(tick)
  const [code] = await once(child, 'exit')
  clearInterval(tick)
  return /** @type {number | null} */ (code)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await setUp()
