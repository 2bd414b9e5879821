import type { FeedWish, OpenFeed } from '../element/feed.ts'
import { PolledFeed } from './polled-feed.ts'

/**
 * A stream in an `<img>` inside a frame of its own: nothing that is done to the image itself ends its stream in every browser, but
 * removing the frame does. A request for a stream lifts a stop, so it is not made before the camera is known to give pictures.
 */
export const openMjpegFeed: OpenFeed = (gateway, output) => new MjpegFeed(gateway, output)

class MjpegFeed extends PolledFeed {
  #frame: HTMLIFrameElement | undefined
  #isProbing = false
  protected hasPicture = false

  protected begin(wish: FeedWish, signal: AbortSignal): void {
    if (!this.#isProbing) void this.#probe(wish, signal)
  }

  protected end(): void {
    this.#frame?.remove()
    this.#frame = undefined
    this.hasPicture = false
  }

  /** A single picture lifts no stop: where there is one, a stream is asked for, and where there is none, it has ended. */
  async #probe(wish: FeedWish, signal: AbortSignal): Promise<void> {
    this.#isProbing = true
    const probe = new Image()
    probe.src = this.snapshotAddress({ ...wish, width: PROBE_WIDTH })
    const isGiven = await probe.decode().then(
      () => true,
      () => false,
    )
    this.#isProbing = false
    if (signal.aborted) return
    if (!isGiven) this.end()
    else if (!this.#frame) this.#open(wish)
  }

  #open({ camera, width, fps, quality, stream }: FeedWish): void {
    const url = new URL(`camera/${encodeURIComponent(camera)}`, this.gateway)
    for (const [name, value] of Object.entries({ width, fps, quality, stream }))
      if (value !== undefined) url.searchParams.set(name, String(value))
    const frame = document.createElement('iframe')
    frame.tabIndex = -1
    frame.srcdoc = '<!doctype html>'
    frame.addEventListener('load', () => {
      const inner = frame.contentDocument
      if (!inner || inner.images.length > 0) return
      const image = inner.createElement('img')
      // As properties: a policy of the page may forbid style attributes.
      Object.assign(inner.body.style, { margin: '0', overflow: 'hidden', background: 'transparent' })
      Object.assign(image.style, {
        width: '100vw',
        height: '100vh',
        objectFit: getComputedStyle(frame).objectFit,
        display: 'block',
      })
      image.alt = ''
      image.addEventListener('load', () => {
        this.hasPicture = true
      })
      image.addEventListener('error', () => this.end())
      image.src = url.href
      inner.body.append(image)
    })
    this.#frame = frame
    this.output.mount(frame)
  }
}

const PROBE_WIDTH = 160
