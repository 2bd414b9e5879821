import type { CameraStats } from './camera-view.ts'
import type { FeedOutput } from './feed.ts'

/** A picture that was shown. */
export interface ShownPicture {
  readonly bytes: number
  readonly age: number | null
  readonly skipped: number
  readonly width: number
  readonly height: number
}

/** Measures what an element shows, over the last seconds. */
export class StatsMeter {
  readonly #now: () => number
  #shown: { readonly at: number; readonly bytes: number }[] = []
  #last: ShownPicture | undefined
  #rendition: string | null = null
  #camera: CameraStats['camera'] = null

  /** @param now the clock in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  count(picture: ShownPicture): void {
    const at = this.#now()
    this.#last = picture
    this.#shown.push({ at, bytes: picture.bytes })
    this.#forget(at)
  }

  /** What the gateway says. */
  know(...[rendition, { fps, width, height, codec, viewers, reconnects }]: Parameters<FeedOutput['facts']>): void {
    this.#rendition = rendition
    this.#camera = { fps, width, height, codec, viewers, reconnects }
  }

  clear(): void {
    this.#shown = []
    this.#last = undefined
    this.#rendition = null
    this.#camera = null
  }

  get stats(): CameraStats {
    const at = this.#now()
    this.#forget(at)
    const first = this.#shown[0]?.at ?? at
    const seconds = Math.max(LEAST_MS, at - first) / 1000
    const bytes = this.#shown.reduce((sum, shown) => sum + shown.bytes, 0)
    const { age = null, width = null, height = null, skipped = 0 } = this.#last ?? {}
    return {
      fps: Math.round((this.#shown.length / seconds) * 10) / 10,
      bitrate: Math.round((bytes * 8) / seconds),
      delay: age === null ? null : Math.round(age),
      width,
      height,
      skipped,
      rendition: this.#rendition,
      camera: this.#camera,
    }
  }

  #forget(at: number): void {
    this.#shown = this.#shown.filter((shown) => at - shown.at <= WINDOW_MS)
  }
}

const WINDOW_MS = 3000
const LEAST_MS = 500
