import type { Log } from '../telemetry/log.ts'

/**
 * The time of day for expiry dates. It never goes back: what has expired stays expired when somebody, or a wrong time server,
 * turns the machine's clock back.
 */
export class SteadyClock {
  readonly #log: Log
  readonly #wall: () => number
  readonly #monotonic: () => number
  #lastWall: number
  #lastMonotonic: number
  #isAhead = false

  constructor(log: Log, wall: () => number = Date.now, monotonic: () => number = () => performance.now()) {
    this.#log = log
    this.#wall = wall
    this.#monotonic = monotonic
    this.#lastWall = wall()
    this.#lastMonotonic = monotonic()
  }

  /** Milliseconds since 1970. */
  now(): number {
    const wall = this.#wall()
    const monotonic = this.#monotonic()
    const expected = this.#lastWall + (monotonic - this.#lastMonotonic)
    const behindMs = expected - wall
    if (behindMs > JUMP_MS && !this.#isAhead) {
      this.#log.warn(
        { seconds: Math.round(behindMs / 1000) },
        'the clock of this machine went back; signed addresses and keys expire by the time that it was, until it is reached again or the gateway starts anew',
      )
    }
    this.#isAhead = behindMs > JUMP_MS
    if (behindMs > 0) return expected
    this.#lastWall = wall
    this.#lastMonotonic = monotonic
    return wall
  }
}

/** Time servers correct by less. */
const JUMP_MS = 60_000
