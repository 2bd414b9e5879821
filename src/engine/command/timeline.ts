import { type Micros, millis } from '../../media/time.ts'

/** What the filters of a command shall do with a frame stands in the lowest bits of its time, which are free. */
export const MARK = { show: 1, look: 2 } as const
/** Times differ by this at least, in microseconds. */
const STEP = 4
/** A leap of a camera's time line that is no pause. */
const MAX_LEAP: Micros = millis(10_000)
/** How long a picture is taken to last across a leap. */
const INTERVAL: Micros = millis(40)

/** Puts the times of a camera's packets on a line that ffmpeg bears: it begins above zero, and never leaps. */
export class Timeline {
  #offset: number | undefined
  #lastDts = 0
  #newest = 1_000_000
  #taken = new Set<number>()

  /** The packet's time of presentation: a multiple of four microseconds, and its own. */
  place({ pts, dts }: { readonly pts: Micros; readonly dts: Micros }): number {
    const leap = dts - this.#lastDts
    if (this.#offset === undefined || leap < 0 || leap > MAX_LEAP) this.#offset = this.#newest + INTERVAL - pts
    this.#lastDts = dts
    let time = Math.max(STEP, Math.round((pts + this.#offset) / STEP) * STEP)
    while (this.#taken.has(time)) time += STEP
    this.#remember(time)
    return time
  }

  #remember(time: number): void {
    this.#newest = Math.max(this.#newest, time)
    this.#taken.add(time)
    if (this.#taken.size > REMEMBERED * 2) this.#taken = new Set([...this.#taken].slice(-REMEMBERED))
  }
}

/** Only packets near to each other can have the same time. */
const REMEMBERED = 64

/** The time without its marks. */
export function placeOf(markedTime: number): number {
  return Math.floor(markedTime / STEP) * STEP
}
