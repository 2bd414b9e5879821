import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { WrittenFrame } from '../test/fake-camera/fake-camera.ts'
import { drawMark } from '../test/fake-camera/mark.ts'

const SIZE = { width: 960, height: 540, fps: 30 }

/** A camera that codes its pictures as they come: what is measured from its pixels on includes its own encoder. */
export class LiveCamera implements AsyncDisposable {
  readonly url: string
  readonly #child: ChildProcess

  constructor(child: ChildProcess, url: string) {
    this.#child = child
    this.url = url
  }

  /** When each of the latest pictures was there to be seen. */
  async written(): Promise<readonly WrittenFrame[]> {
    this.#child.send('written')
    const [answer] = await once(this.#child, 'message')
    return answer as readonly WrittenFrame[]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.disconnect()
    await once(this.#child, 'exit')
  }
}

export async function startLiveCamera(): Promise<LiveCamera> {
  const child = fork(fileURLToPath(import.meta.url), ['run'])
  const [url] = await once(child, 'message')
  return new LiveCamera(child, url as string)
}

/** A still, noisy scene with the number of the picture in it. */
function makeScene(): Buffer {
  const scene = Buffer.alloc((SIZE.width * SIZE.height * 3) / 2, 128)
  let state = 1
  for (let at = 0; at < SIZE.width * SIZE.height; at++) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    scene[at] = 60 + ((at >> 5) % 100) + (state >> 28)
  }
  return scene
}

async function film(): Promise<void> {
  const script = fileURLToPath(new URL('peers/live_camera.py', import.meta.url))
  const args = [script, String(SIZE.width), String(SIZE.height), String(SIZE.fps)]
  const server = spawn('/usr/bin/python3', args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const [port] = await once(server.stdout, 'data')
  const scene = makeScene()
  const written: WrittenFrame[] = []
  let frame = 0
  const began = performance.now()
  const shoot = () => {
    frame = (frame + 1) % 65_536
    const picture = Buffer.from(scene)
    drawMark(picture, SIZE.width, SIZE.height, { frame, mark: 1 })
    written.push({ frame, at: performance.timeOrigin + performance.now() })
    if (written.length > 4096) written.shift()
    if (server.stdin.writableLength === 0) server.stdin.write(picture)
    setTimeout(shoot, Math.max(0, began + (frame * 1000) / SIZE.fps - performance.now()))
  }
  shoot()
  process.on('message', () => process.send?.(written))
  process.on('disconnect', () => {
    server.kill()
    process.exit()
  })
  process.send?.(`rtsp://127.0.0.1:${Number(port)}/live`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await film()
