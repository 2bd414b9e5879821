/** How long to wait before each further try: at once, then longer, at most a second, so that what comes back is seen soon. */
export class Backoff {
  /** Waits so far. */
  tries = 0
  #isSlow = false

  /** Milliseconds to wait now; a fifth of it is chance, so that many pages do not come back in one moment. */
  next(random = Math.random()): number {
    const wait = this.#isSlow ? SLOW_MS : Math.min(LONGEST_MS, FIRST_MS * 2 ** this.tries)
    this.tries++
    return wait * (0.8 + 0.2 * random)
  }

  /** Somebody has to change something before it can work. */
  slowDown(): void {
    this.#isSlow = true
  }

  clear(): void {
    this.tries = 0
    this.#isSlow = false
  }
}

const FIRST_MS = 100
const LONGEST_MS = 1000
const SLOW_MS = 10_000
