/** What happens when the first one comes, and some time after the last has gone. */
export interface DemandOutput {
  wanted(): void
  unwanted(): void
}

/** Counts those who want a camera, and lets a camera nobody wants linger a while, for they often come back. */
export class Demand {
  readonly #output: DemandOutput
  readonly #lingerMs: number
  #tickets = new Set<symbol>()
  #linger: NodeJS.Timeout | undefined

  constructor(output: DemandOutput, lingerMs = CONNECTION_LINGER_MS) {
    this.#output = output
    this.#lingerMs = lingerMs
  }

  /** Nobody wants the camera at this moment. */
  get isEmpty(): boolean {
    return this.#tickets.size === 0
  }

  /** Returns what ends this demand; calling it again does nothing. */
  add(): () => void {
    const ticket = Symbol('demand')
    clearTimeout(this.#linger)
    this.#tickets.add(ticket)
    this.#output.wanted()
    return () => this.#release(ticket)
  }

  /** Forgets everybody, without lingering and without a call. */
  clear(): void {
    clearTimeout(this.#linger)
    this.#tickets.clear()
  }

  #release(ticket: symbol): void {
    if (!this.#tickets.delete(ticket) || this.#tickets.size > 0) return
    this.#linger = setTimeout(() => this.#output.unwanted(), this.#lingerMs)
  }
}

/** How long an on-demand camera stays connected after the last one who looked. */
export const CONNECTION_LINGER_MS = 10_000
