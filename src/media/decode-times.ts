import { type Micros, micros } from './time.ts'

/** When a picture is to be decoded, and when it is to be shown. */
export interface PictureTimes {
  readonly pts: Micros
  readonly dts: Micros
}

/**
 * Gives pictures in the order in which they are decoded their times: `dts` always grows and is never after `pts`. Of a stream whose pictures
 * come up to n places before one that is shown earlier, the time of decoding is the n-th last time of presentation in its order.
 */
export class DecodeTimes {
  /** Presentation times to come, in their order. */
  readonly #waiting: Micros[] = []
  #last = micros(Number.NEGATIVE_INFINITY)
  #highest = micros(Number.NEGATIVE_INFINITY)

  /**
   * Times the next picture.
   * @param shown when the source says that it is to be shown
   * @param reordered how many pictures may come before one that is shown earlier; with 0, one that seems to be earlier is shown right after the last
   */
  next(shown: Micros, reordered: number): PictureTimes {
    if (reordered === 0 && this.#waiting.length === 0) return this.#take(micros(Math.max(shown, this.#highest + 1)))
    insert(this.#waiting, shown)
    while (this.#waiting.length > reordered + 1) this.#waiting.shift()
    const isFull = this.#waiting.length > reordered
    const decoded = isFull ? this.#waiting.shift() : this.#beforeFirst(reordered)
    return this.#take(shown, decoded)
  }

  /** Before as many pictures have come, each is given a small step below the first that is shown. */
  #beforeFirst(reordered: number): Micros {
    const [first = micros(0)] = this.#waiting
    return micros(first - (reordered + 1 - this.#waiting.length) * STEP)
  }

  #take(shown: Micros, decoded: Micros = shown): PictureTimes {
    const dts = micros(Math.max(decoded, this.#last + 1))
    const pts = micros(Math.max(shown, dts))
    this.#last = dts
    this.#highest = micros(Math.max(this.#highest, pts))
    return { pts, dts }
  }
}

/** Shorter than any camera's interval. */
const STEP = 1000

function insert(times: Micros[], time: Micros): void {
  let at = times.length
  while (at > 0 && (times[at - 1] ?? 0) > time) at--
  times.splice(at, 0, time)
}
