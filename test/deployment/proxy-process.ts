import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../e2e/gateway-process.ts'

/** A reverse proxy on 127.0.0.1, started from an example of this house. */
export interface ProxyProcess extends AsyncDisposable {
  readonly port: number
  stop(): Promise<void>
}

/** The text of an example. */
export function readExample(path: string): Promise<string> {
  return readFile(new URL(`../../examples/${path}`, import.meta.url), 'utf8')
}

/**
 * Starts nginx with a server block from an example: its `PORT` is a free one, and its folder, `FOLDER`, is gone afterwards.
 * @param files further files for the folder, by name
 */
export async function startNginx(server: string, files: Readonly<Record<string, string>> = {}): Promise<ProxyProcess> {
  const folder = await makeFolder(files)
  const port = await freePort()
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`)
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid nginx.pid; error_log stderr warn; events {}
    http { access_log off; ${temporary.join(' ')}
    ${server.replaceAll('PORT', String(port)).replaceAll('FOLDER', folder)} }`,
  )
  return start({ command: 'nginx', args: ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')], folder, port })
}

/** Starts Caddy with the sites of an example, as `startNginx` does. It keeps its certificates in that folder too. */
export async function startCaddy(sites: string): Promise<ProxyProcess> {
  const port = await freePort()
  const options = '{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1\n}\n'
  const folder = await makeFolder()
  const text = options + sites.replaceAll('PORT', String(port)).replaceAll('FOLDER', folder)
  await writeFile(join(folder, 'Caddyfile'), text)
  return start({ command: 'caddy', args: ['run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')], folder, port })
}

async function makeFolder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-proxy-'))
  await mkdir(join(folder, 'site'))
  for (const [name, text] of Object.entries({ ...files, 'site/index.html': 'the site itself' })) {
    await writeFile(join(folder, name), text)
  }
  return folder
}

async function start(proxy: { command: string; args: string[]; folder: string; port: number }): Promise<ProxyProcess> {
  const { command, args, folder, port } = proxy
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let complaints = ''
  child.stderr.on('data', (text) => {
    complaints = (complaints + text).slice(-4000)
  })
  child.once('error', (error) => {
    complaints += error.message
  })
  const stop = async () => {
    await end(child)
    await rm(folder, { recursive: true, force: true })
  }
  const deadline = performance.now() + 10_000
  while (!(await accepts(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop()
      throw new Error(`${command} did not start: ${complaints}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return { port, stop, [Symbol.asyncDispose]: stop }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 2000)
  await exited
  clearTimeout(timer)
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    return await new Promise((resolve) => socket.once('connect', () => resolve(true)).once('error', () => resolve(false)))
  } finally {
    socket.destroy()
  }
}
