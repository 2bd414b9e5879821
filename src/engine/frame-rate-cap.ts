import { type Micros, micros } from '../media/time.ts'

/** Frames are accepted so much before they are due, for timestamps are rounded and jitter. */
const MAX_EARLY: Micros = micros(10_000)

/**
 * Chooses frames so that at most `fps` of them remain a second, as evenly as the frames of the source allow, and exactly
 * that many on average where the source has them.
 */
export class FrameRateCap {
  readonly #interval: number
  readonly #early: number
  #due = Number.NaN

  constructor(fps: number | undefined) {
    this.#interval = fps === undefined ? 0 : 1_000_000 / fps
    this.#early = fps === undefined ? 0 : capEarliness(fps)
  }

  /** Whether the frame presented at `pts` is one to keep; asked once for each frame, in the order of presentation. */
  takes(pts: Micros): boolean {
    if (this.#interval === 0) return true
    // NaN at the first frame, and a time line that began anew: both start over here.
    if (!(pts >= this.#due - 2 * this.#interval)) this.#due = pts
    if (pts < this.#due - this.#early) return false
    this.#due = Math.max(this.#due + this.#interval, pts)
    return true
  }
}

/** So long before it is due a frame is taken, in microseconds. */
export function capEarliness(fps: number): number {
  return Math.min(1_000_000 / fps / 4, MAX_EARLY)
}
