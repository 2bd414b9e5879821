/** How many sessions a fake camera has, and what becomes of those that nobody ends. */
export interface SessionLimit {
  readonly max: number
  /** A session whose client is gone without a TEARDOWN takes its place for so long. */
  readonly lingerMs?: number
  /** How a client is turned away; 453 at SETUP unless given. Dahua's cameras answer DESCRIBE with 401. */
  readonly refusal?: { readonly method: 'DESCRIBE' | 'SETUP'; readonly status: number }
}

/** Counts the sessions of a fake camera. */
export class SessionDesk {
  readonly #limit: SessionLimit
  #taken = 0
  readonly #lingering = new Set<NodeJS.Timeout>()

  constructor(limit: SessionLimit = { max: Number.POSITIVE_INFINITY }) {
    this.#limit = limit
  }

  get hasRoom(): boolean {
    return this.#taken < this.#limit.max
  }

  /** The status with which this request is turned away; undefined when it may pass. */
  refusalOf(method: string): number | undefined {
    const refusal = this.#limit.refusal ?? { method: 'SETUP', status: 453 }
    return !this.hasRoom && method === refusal.method ? refusal.status : undefined
  }

  take(): void {
    this.#taken++
  }

  /** @param isPolite it was torn down: its place is free at once. */
  giveBack(isPolite: boolean): void {
    const { lingerMs = 0 } = this.#limit
    if (isPolite || lingerMs === 0) {
      this.#taken--
      return
    }
    const timer = setTimeout(() => {
      this.#lingering.delete(timer)
      this.#taken--
    }, lingerMs)
    this.#lingering.add(timer)
  }

  close(): void {
    for (const timer of this.#lingering) clearTimeout(timer)
  }
}
