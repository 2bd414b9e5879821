import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const started: ChildProcess[] = []
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-serve-'))
})
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rm(folder, { recursive: true }))

class Run {
  stdout = ''
  stderr = ''
  readonly ended: Promise<number | null>
  readonly #child: ChildProcess

  constructor(...args: string[]) {
    this.#child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    started.push(this.#child)
    this.#child.stdout?.on('data', (bytes) => (this.stdout += bytes))
    this.#child.stderr?.on('data', (bytes) => (this.stderr += bytes))
    this.ended = new Promise((resolve) => this.#child.once('close', resolve))
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  lines(): Record<string, unknown>[] {
    return this.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  }

  /** The line that says where everything is. */
  async serving() {
    return await vi.waitFor(() => {
      const line = this.lines().find(({ msg }) => msg === 'serving')
      if (!line) throw new Error(`not serving yet: ${this.stdout}${this.stderr}`)
      return line as { url: string; port: number; loaded: string; cameras: { id: string; name: string; url: string }[] }
    }, 15_000)
  }
}

describe('atalaya serve', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'serves what the command line names, tells where, and ends clean on %s',
    async (signal) => {
      const run = new Run('serve', 'test:clock', 'test:smpte', '--port', '0')
      const { url, port, cameras, loaded } = await run.serving()
      expect(url).toBe(`http://127.0.0.1:${port}/`)
      expect(cameras).toEqual([
        { id: '1', name: '1', url: `${url}camera/1` },
        { id: '2', name: '2', url: `${url}camera/2` },
      ])
      expect(loaded).toBe('the command line (2 cameras)')
      expect((await fetch(`${url}livez`)).ok).toBe(true)
      run.kill(signal)
      expect(await run.ended).toBe(0)
      expect(run.stderr).toBe('')
    },
  )

  it('serves the demo where there is no configuration, and says so', async () => {
    const run = new Run('serve', '--port', '0')
    const { loaded, cameras } = await run.serving()
    expect(loaded).toContain('demo cameras')
    expect(cameras.map(({ name }) => name)).toEqual(['Clock', 'Colour bars'])
  })

  it('takes the configuration of its folder, tells its warnings, and who can see what', async () => {
    await writeFile(
      join(folder, 'atalaya.yaml'),
      'auth: none\nserver: { host: 0.0.0.0 }\ncameras: { door: { url: test:clock, user: canary7user, password: canary7pass } }\n',
    )
    const run = new Run('serve', '--port', '0')
    const { loaded } = await run.serving()
    await rm(join(folder, 'atalaya.yaml'))
    expect(loaded).toBe('atalaya.yaml (1 camera)')
    const warnings = run.lines().filter(({ level }) => level === 'warn')
    expect(warnings.map(({ msg }) => msg)).toEqual([
      'atalaya.yaml:3:37: cameras.door.user: test pictures need no login: this is not used',
      'atalaya.yaml:3:56: cameras.door.password: test pictures need no login: this is not used',
      expect.stringMatching(/^EVERYBODY who reaches port \d+ of 0\.0\.0\.0 can see and stop the camera/),
    ])
    expect(run.stdout).not.toContain('canary7')
  })

  it('says in one line that the port is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await vi.waitFor(() => expect(holder.address()).not.toBeNull())
    const { port } = holder.address() as { port: number }
    const run = new Run('demo', '--port', String(port))
    expect(await run.ended).toBe(1)
    holder.close()
    expect(run.stderr).toMatch(new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is in use\\. .*--port \\d+\n$`))
  })
})
