import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How to start the real program. */
export interface GatewayProcessOptions {
  /** The text of `atalaya.yaml`; none: the program finds no file in its folder. */
  readonly config?: string
  /** What follows `atalaya serve`. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Where it runs and keeps its files, which are removed at its end; a new one unless given. */
  readonly folder?: string
  /** A free one unless given. */
  readonly port?: number
  /** 127.0.0.1 unless given; another one only where nobody else can reach it. */
  readonly host?: string
}

/** A running `atalaya serve` of the built program, on a free port of this machine. */
export class GatewayProcess implements AsyncDisposable {
  readonly url: string
  /** All that it has printed. */
  output = ''
  readonly #child: ChildProcess
  readonly #folder: string

  constructor(child: ChildProcess, folder: string, url: string) {
    this.#child = child
    this.#folder = folder
    this.url = url
    child.stdout?.on('data', (text) => this.#keep(text))
    child.stderr?.on('data', (text) => this.#keep(text))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Replaces its configuration as a whole, as editors do. */
  async writeConfig(text: string): Promise<void> {
    const file = join(this.#folder, 'atalaya.yaml')
    await writeFile(`${file}.new`, text)
    await rename(`${file}.new`, file)
  }

  get exitCode(): number | null {
    return this.#child.exitCode
  }

  /** It has ended, by itself or by a signal. */
  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  async getJson<T>(path: string): Promise<T> {
    return (await fetch(this.url + path)).json() as Promise<T>
  }

  post(path: string): Promise<Response> {
    return fetch(this.url + path, { method: 'POST' })
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Resolves with the exit code, or the name of the signal that ended the program. */
  async ended(): Promise<number | string> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
    return this.#child.exitCode ?? this.#child.signalCode ?? 'unknown'
  }

  /** Ends the program as a service manager would, and fails if it has to be killed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGTERM')
    const timer = setTimeout(() => this.signal('SIGKILL'), 12_000)
    const end = await this.ended()
    clearTimeout(timer)
    await rm(this.#folder, { recursive: true, force: true })
    if (end !== 0) throw new Error(`the gateway ended with ${end}:\n${this.output.slice(-4000)}`)
  }

  #keep(text: unknown): void {
    this.output = (this.output + String(text)).slice(-1_000_000)
  }
}

/** Starts the built program and waits until it serves; `npm test` builds it. */
export async function startGatewayProcess(options: GatewayProcessOptions = {}): Promise<GatewayProcess> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'atalaya-')))
  if (options.config !== undefined) await writeFile(join(folder, 'atalaya.yaml'), options.config)
  const { host = '127.0.0.1', port = await freePort() } = options
  const args = [MAIN, 'serve', '--host', host, '--port', String(port), ...(options.args ?? [])]
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const gateway = new GatewayProcess(child, folder, `http://${host === '::1' ? '[::1]' : host}:${port}`)
  const deadline = performance.now() + 30_000
  while (!(await isReady(gateway))) {
    if (gateway.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`the gateway did not start:\n${gateway.output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return gateway
}

/** The built program. */
export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** The processes that a process has started, and theirs. */
export async function descendants(pid: number): Promise<number[]> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => ''))
    .split(' ')
    .filter(Boolean)
    .map(Number)
  const below = await Promise.all(children.map(descendants))
  return [...children, ...below.flat()]
}

/** How many descriptors a process holds. */
export async function openDescriptors(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length
}

/** A port of 127.0.0.1 that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (!address || typeof address !== 'object') throw new Error('no free port')
  return address.port
}

async function isReady(gateway: GatewayProcess): Promise<boolean> {
  return fetch(`${gateway.url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )
}
