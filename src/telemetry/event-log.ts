import type { CameraSummary, GatewayEvent, GatewayNews } from '../api/events.ts'

/**
 * The newest events of a gateway, and those who follow them. There is no queue for a follower: each reads this one list at
 * its own pace, and one that falls behind its end is told so by `reset` and begins anew.
 */
export class EventLog {
  readonly #describeCameras: () => CameraSummary[]
  readonly #capacity: number
  readonly #events: GatewayEvent[] = []
  readonly #waiting = new Set<() => void>()
  // Microseconds: more than any gateway has events, so the ids of a later start are larger than those of an earlier one.
  #lastId = Date.now() * 1000
  #isClosed = false

  /** @param capacity events kept for those who come back */
  constructor(describeCameras: () => CameraSummary[], capacity = CAPACITY) {
    this.#describeCameras = describeCameras
    this.#capacity = capacity
  }

  publish(news: GatewayNews): void {
    if (this.#isClosed) return
    this.#events.push({ ...news, id: ++this.#lastId, at: new Date().toISOString() })
    if (this.#events.length > this.#capacity) this.#events.shift()
    this.#wake()
  }

  /**
   * The events from now on, until the signal is aborted or the gateway closes; `hello` comes first.
   * @param after the id of the last event that the follower has seen: what it missed comes before `hello`
   */
  async *follow(signal?: AbortSignal, after?: number): AsyncGenerator<GatewayEvent, void, undefined> {
    let last = after ?? this.#lastId
    let isGreeted = false
    while (!signal?.aborted && !this.#isClosed) {
      if (!this.#holdsAllAfter(last)) {
        last = this.#lastId
        isGreeted = false
        yield { type: 'reset', ...this.#mark() }
        continue
      }
      const next = this.#eventAfter(last)
      if (next) {
        last = next.id
        yield next
      } else if (!isGreeted) {
        isGreeted = true
        yield { type: 'hello', cameras: this.#describeCameras(), ...this.#mark() }
      } else await this.#nextEvent(signal)
    }
  }

  /** Ends all who follow. */
  close(): void {
    this.#isClosed = true
    this.#wake()
  }

  #mark(): { id: number; at: string } {
    return { id: this.#lastId, at: new Date().toISOString() }
  }

  #holdsAllAfter(id: number): boolean {
    return id <= this.#lastId && id >= this.#lastId - this.#events.length
  }

  /** Ids have no gaps. */
  #eventAfter(id: number): GatewayEvent | undefined {
    return this.#events[this.#events.length - (this.#lastId - id)]
  }

  async #nextEvent(signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal?.addEventListener('abort', wake)
    })
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}

const CAPACITY = 1000
