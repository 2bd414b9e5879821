import type { FeedWish, OpenFeed } from '../element/feed.ts'
import { PolledFeed } from './polled-feed.ts'

/** Single pictures, one request at a time: what works through every proxy, and for any number of cameras. */
export const openSnapshotFeed: OpenFeed = (gateway, output) => new SnapshotFeed(gateway, output)

class SnapshotFeed extends PolledFeed {
  #isRunning = false
  #isEnded = true
  protected hasPicture = false

  protected begin(wish: FeedWish, signal: AbortSignal): void {
    this.#isEnded = false
    if (!this.#isRunning) void this.#show(wish, signal)
  }

  protected end(): void {
    this.#isEnded = true
    this.hasPicture = false
  }

  async #show(wish: FeedWish, signal: AbortSignal): Promise<void> {
    this.#isRunning = true
    while (!signal.aborted && !this.#isEnded) {
      const began = performance.now()
      const bitmap = await this.#fetch(wish)
      if (!bitmap) break
      if (signal.aborted || this.#isEnded) {
        bitmap.close()
        break
      }
      this.hasPicture = true
      this.output.picture({ bitmap, bytes: 0, age: null, skipped: 0 })
      const pause = 1000 / Math.min(wish.fps ?? USUAL_FPS, MOST_FPS) - (performance.now() - began)
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, pause)))
    }
    this.#isRunning = false
  }

  /** By an image element, which needs no permission of another origin. */
  async #fetch(wish: FeedWish): Promise<ImageBitmap | undefined> {
    const image = new Image()
    image.src = this.snapshotAddress(wish)
    try {
      await image.decode()
      return await createImageBitmap(image)
    } catch {
      return undefined
    }
  }
}

const USUAL_FPS = 2
const MOST_FPS = 10
