import { type FullPictures, qualityLadder, type Rung, rungCost } from './quality-ladder.ts'

/** What is known when a step is chosen. */
export interface LineReading {
  /** Milliseconds, any monotonic clock. */
  readonly at: number
  /** Bytes a second that the line takes. */
  readonly drain: number
  /** Bytes of the pictures on the present step. */
  readonly pictureBytes: number
}

/**
 * Chooses how good the pictures may be that one viewer gets: they fill at most 70 % of its line. Down at once, up step by step
 * when there has been room for a while, and ever later where that went wrong.
 */
export class RungChooser {
  readonly full: FullPictures
  readonly #rungs: readonly Rung[]
  #index = 0
  #roomSince: number | undefined
  #raisedAt = Number.NEGATIVE_INFINITY
  /** The last step up was taken back soon. */
  #isRegretted = false
  #patience = LEAST_PATIENCE_MS

  constructor(full: FullPictures) {
    this.full = full
    this.#rungs = qualityLadder(full)
  }

  get rung(): Rung {
    return this.#rungs[this.#index] ?? {}
  }

  /** Pictures a second that the line can bear even where the pictures are larger than the step foresees. */
  bearableFps({ drain, pictureBytes }: LineReading): number {
    return Math.max(LEAST_FPS, (MOST_SHARE * drain) / pictureBytes)
  }

  /** True when the step has changed. */
  choose(reading: LineReading): boolean {
    const present = reading.pictureBytes * (this.rung.fps ?? this.full.fps)
    const bytesOf = (rung: Rung) => (present * rungCost(rung, this.full)) / rungCost(this.rung, this.full)
    if (present > MOST_SHARE * reading.drain) return this.#lower(reading, bytesOf)
    return this.#raise(reading, (rung) => bytesOf(rung) <= Math.min(ROOM_SHARE * reading.drain, MOST_LEAP * present))
  }

  #lower({ at, drain }: LineReading, bytesOf: (rung: Rung) => number): boolean {
    this.#roomSince = undefined
    const fitting = this.#rungs.findIndex((rung, index) => index > this.#index && bytesOf(rung) <= MOST_SHARE * drain)
    const next = fitting < 0 ? this.#rungs.length - 1 : fitting
    if (next === this.#index) return false
    this.#isRegretted = at - this.#raisedAt < REGRET_MS
    if (this.#isRegretted) this.#patience = Math.min(MOST_PATIENCE_MS, this.#patience * 2)
    this.#index = next
    return true
  }

  #raise({ at }: LineReading, fits: (rung: Rung) => boolean): boolean {
    if (at - this.#raisedAt > REGRET_MS && !this.#isRegretted) this.#patience = LEAST_PATIENCE_MS
    const next = this.#rungs.findIndex(fits)
    if (next < 0 || next >= this.#index) {
      this.#roomSince = undefined
      return false
    }
    this.#roomSince ??= at
    if (at - this.#roomSince < this.#patience) return false
    this.#roomSince = undefined
    this.#raisedAt = at
    this.#isRegretted = false
    this.#index = next
    return true
  }
}

/** What pictures may take of the line; the rest keeps the queues on the way short. */
const MOST_SHARE = 0.7
/** A better step must leave more room than the present one has to. */
const ROOM_SHARE = 0.6
/** One step up is at most so many times the bytes. */
const MOST_LEAP = 3
const LEAST_FPS = 0.5
const LEAST_PATIENCE_MS = 1500
const MOST_PATIENCE_MS = 30_000
/** A step up that has to be taken back within this time was wrong. */
const REGRET_MS = 4000
