/** The gateway's clock, as far as it can be told from here: by the answer to a ping that was the fastest of late. */
export class GatewayClock {
  /** The gateway's time less ours, in milliseconds. */
  #offset: number | undefined
  #roundTrip = Number.POSITIVE_INFINITY

  /** @param pong what came back: when the ping was sent, by `performance.now()`, and the gateway's time */
  compare({ at, now }: { readonly at: number; readonly now: number }, receivedAt = performance.now()): void {
    const roundTrip = receivedAt - at
    // An old measurement loses its worth: clocks drift.
    this.#roundTrip *= AGING
    if (roundTrip > this.#roundTrip) return
    this.#roundTrip = roundTrip
    this.#offset = now - (performance.timeOrigin + at + roundTrip / 2)
  }

  /** Milliseconds since this instant of the gateway's clock; by our own clock alone until the first answer. */
  ageOf(instant: number): number {
    return Math.max(0, performance.timeOrigin + performance.now() + (this.#offset ?? 0) - instant)
  }
}

const AGING = 1.05
