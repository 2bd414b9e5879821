import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * A fake camera at the far end of a virtual cable, in a network namespace of its own, so that the cable can be cut: packets then
 * vanish without an answer, both ways. Only for use inside a private network namespace (see main.ts).
 */
export class FarCamera implements AsyncDisposable {
  static #count = 0
  readonly address: string
  readonly #child: ChildProcess
  readonly #far: string

  static async start(): Promise<FarCamera> {
    const number = FarCamera.#count++
    const child = spawn('unshare', ['--net', process.execPath, ENTRY], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    await answer(child)
    const [near, far] = [`near${number}`, `far${number}`]
    const net = `10.77.${number}`
    await run('ip', ['link', 'add', near, 'type', 'veth', 'peer', 'name', far])
    await run('ip', ['link', 'set', far, 'netns', String(child.pid)])
    await run('ip', ['addr', 'add', `${net}.1/24`, 'dev', near])
    await run('ip', ['link', 'set', near, 'up'])
    const camera = new FarCamera(child, far, `${net}.2`)
    await camera.#inside('ip', 'link', 'set', far, 'up')
    await camera.reconnect()
    await camera.#knowEachOther(near)
    await camera.#ask('listen')
    return camera
  }

  private constructor(child: ChildProcess, far: string, address: string) {
    this.#child = child
    this.#far = far
    this.address = address
  }

  get url(): string {
    return `rtsp://${this.address}:554/live`
  }

  /** From here on the far end hears nothing and says nothing, and nobody is told. */
  async cutOff(): Promise<void> {
    await this.#inside('ip', 'addr', 'del', `${this.address}/24`, 'dev', this.#far)
  }

  async reconnect(): Promise<void> {
    await this.#inside('ip', 'addr', 'add', `${this.address}/24`, 'dev', this.#far)
  }

  /** Connections of this namespace to the camera that some process still holds. */
  async openConnections(): Promise<number> {
    const { stdout } = await run('ss', ['-Htn', 'state', 'established', 'dst', this.address])
    return stdout.split('\n').filter(Boolean).length
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
  }

  /** Neighbours that are known for good: a cut is silence, and not the quick "no route to host" of a missing ARP answer. */
  async #knowEachOther(near: string): Promise<void> {
    const { stdout } = await this.#inside('cat', `/sys/class/net/${this.#far}/address`).catch(() => ({ stdout: '' }))
    const link = stdout.trim() || /link\/ether (\S+)/.exec((await this.#inside('ip', 'link', 'show', this.#far)).stdout)?.[1]
    await run('ip', ['neigh', 'replace', this.address, 'lladdr', link ?? '', 'dev', near, 'nud', 'permanent'])
  }

  #inside(...command: string[]): Promise<{ stdout: string }> {
    return run('nsenter', ['--target', String(this.#child.pid), '--net', ...command])
  }

  async #ask(what: string): Promise<unknown> {
    this.#child.send(what)
    return answer(this.#child)
  }
}

async function answer(child: ChildProcess): Promise<unknown> {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error('the far camera ended')
    }),
  ])
  return message
}

const ENTRY = fileURLToPath(new URL('./far-camera-process.ts', import.meta.url))
