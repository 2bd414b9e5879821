import type { PictureCondition } from '../media/picture-condition.ts'
import { type Micros, millis } from '../media/time.ts'

/** Looks at the luma of a camera now and then, and says what a person would: it is black, or it no longer moves. */
export class LumaCondition {
  #condition: PictureCondition = 'ok'
  #lookedAt = Number.NEGATIVE_INFINITY
  #darkSince: Micros | undefined
  #stillSince: Micros | undefined
  #before: Buffer = Buffer.alloc(0)

  /** Whether it is time to look at a picture that was taken at `capturedAt`. */
  isDue(capturedAt: Micros): boolean {
    return capturedAt - this.#lookedAt >= LOOK_EVERY
  }

  /**
   * The condition when it has changed by this picture. `luma` holds every eighth line, whole, so that noise or a clock in a
   * corner is not missed; it is kept until the next look.
   */
  look(luma: Buffer, capturedAt: Micros): PictureCondition | undefined {
    this.#lookedAt = capturedAt
    const isStill = luma.equals(this.#before)
    this.#before = luma
    this.#stillSince = isStill ? (this.#stillSince ?? capturedAt) : undefined
    this.#darkSince = isDark(luma) ? (this.#darkSince ?? capturedAt) : undefined
    const condition = this.#judge(capturedAt)
    if (condition === this.#condition) return undefined
    this.#condition = condition
    return condition
  }

  /** A black picture that does not move is black. */
  #judge(at: Micros): PictureCondition {
    if (this.#darkSince !== undefined && at - this.#darkSince >= BLACK_AFTER) return 'black'
    if (this.#stillSince !== undefined && at - this.#stillSince >= FROZEN_AFTER) return 'frozen'
    return 'ok'
  }
}

/** So often it is looked at. */
export const LOOK_EVERY: Micros = millis(1000)
const BLACK_AFTER = millis(3000)
/** The noise of a sensor changes every picture; one that repeats itself so long shows something that is not there. */
const FROZEN_AFTER = millis(10_000)

/** 98 of 100 samples are as dark as black is in limited range, with some room for noise. */
function isDark(luma: Buffer): boolean {
  const step = 7
  let bright = 0
  for (let at = 0; at < luma.length; at += step) if ((luma[at] ?? 0) > DARK) bright++
  return luma.length > 0 && bright <= (luma.length / step) * 0.02
}

const DARK = 32
