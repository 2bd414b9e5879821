/**
 * How many bytes may be on their way to a page: what it has lately taken in half a second. On a slow line that bounds the age of
 * the pictures, wherever on the way they wait; on a fast one it is never reached.
 */
export class AckBudget {
  readonly #now: () => number
  #pending = 0
  #freed = 0
  #measuredAt: number
  /** The least that was on its way since the last measurement: none, and the way was not full. */
  #leastPending = 0
  /** Bytes a second. */
  #rate = FIRST_RATE

  /** @param now the clock in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#measuredAt = now()
  }

  /** Whether so many more bytes may be sent. One picture always may. */
  has(bytes: number): boolean {
    return this.#pending === 0 || this.#pending + bytes <= Math.max(LEAST, this.#rate * SPAN_S)
  }

  spend(bytes: number): void {
    this.#pending += bytes
  }

  /** Bytes have been acknowledged. */
  free(bytes: number): void {
    this.#pending -= bytes
    this.#leastPending = Math.min(this.#leastPending, this.#pending)
    this.#freed += bytes
  }

  /** To be called a few times a second. A page that was asked for little is not taken for a slow one. */
  measure(): void {
    const elapsed = this.#now() - this.#measuredAt
    if (elapsed <= 0) return
    const rate = (this.#freed * 1000) / elapsed
    const isFull = this.#leastPending > 0
    this.#rate = Math.max(rate, isFull ? this.#rate * DECAY : this.#rate)
    this.#freed = 0
    this.#leastPending = this.#pending
    this.#measuredAt = this.#now()
  }
}

const SPAN_S = 0.5
const LEAST = 64 * 1024
const FIRST_RATE = 1024 * 1024
const DECAY = 0.7
