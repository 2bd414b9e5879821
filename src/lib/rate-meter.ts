/** Events a second over the last few seconds, in constant memory and without a timer. */
export class RateMeter {
  readonly #windowMs: number
  readonly #now: () => number
  #times: number[] = []

  /** @param now the clock in milliseconds */
  constructor(windowMs = 5000, now: () => number = () => performance.now()) {
    this.#windowMs = windowMs
    this.#now = now
  }

  count(): void {
    const instant = this.#now()
    this.#times.push(instant)
    if (this.#times.length > MOST_EVENTS) this.#times = this.#times.slice(MOST_EVENTS / 2)
  }

  /** Zero until two events have been seen within the window. */
  get perSecond(): number {
    const instant = this.#now()
    this.#times = this.#times.filter((time) => instant - time <= this.#windowMs)
    const [first] = this.#times
    const last = this.#times.at(-1)
    if (first === undefined || last === undefined || last === first) return 0
    // Silence after the last event counts once it is longer than the usual interval.
    const span = Math.max(last - first, instant - first - (last - first) / (this.#times.length - 1))
    return ((this.#times.length - 1) * 1000) / span
  }

  clear(): void {
    this.#times = []
  }
}

const MOST_EVENTS = 2048
