import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Clip, type ClipSettings, loadClip } from '../test/fake-camera/clip.ts'
import { startFakeCamera, type WrittenFrame } from '../test/fake-camera/fake-camera.ts'
import { loadJpegClip } from '../test/fake-camera/jpeg-clip.ts'

/** A fake camera in a process of its own, so that neither its work nor the bench's disturbs the other's clock. */
export class ReplayCamera implements AsyncDisposable {
  readonly url: string
  readonly #child: ChildProcess

  constructor(child: ChildProcess, url: string) {
    this.#child = child
    this.url = url
  }

  /** When each of the latest pictures was handed to the socket, its last byte included. */
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

/** What most scenarios look at: 960×540, 30 pictures a second, a keyframe each second, noisy content. */
export const CLIP: ClipSettings = { width: 960, height: 540, fps: 30, frames: 300, gop: 30, bitrate: 4_000_000 }

/** A clip by its settings; of JPEGs, what they say of bits and groups does not count. */
export type ReplayClip = Omit<ClipSettings, 'codec'> & { readonly codec?: Clip['codec'] }

export async function startReplayCamera(clip: ReplayClip): Promise<ReplayCamera> {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(clip)])
  const [url] = await once(child, 'message')
  return new ReplayCamera(child, url as string)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { codec, ...settings }: ReplayClip = JSON.parse(process.argv[2] ?? '{}')
  const clip = codec === 'jpeg' ? await loadJpegClip(settings) : await loadClip({ ...settings, ...(codec && { codec }) })
  const camera = await startFakeCamera({ clip })
  process.on('message', () => process.send?.(camera.written))
  process.on('disconnect', () => process.exit())
  process.send?.(camera.url)
}
