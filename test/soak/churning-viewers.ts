import { type ClientRequest, get } from 'node:http'

/** Viewers that come and go: each tick the one that has stayed longest leaves and another comes. */
export class ChurningViewers implements Disposable {
  /** So many have come. */
  arrivals = 0
  /** Answers that were not a stream, by status, or failures by their code. */
  readonly refusals = new Map<string, number>()
  readonly #addresses: readonly string[]
  readonly #open: ClientRequest[] = []
  readonly #timer: NodeJS.Timeout

  /** @param addresses taken in turn; a stream is read until the viewer leaves, a single picture to its end */
  constructor(addresses: readonly string[], { atOnce, everyMs }: { atOnce: number; everyMs: number }) {
    this.#addresses = addresses
    for (let count = 0; count < atOnce; count++) this.#arrive()
    this.#timer = setInterval(() => {
      this.#open.shift()?.destroy()
      this.#arrive()
    }, everyMs)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    for (const request of this.#open) request.destroy()
  }

  #arrive(): void {
    const address = this.#addresses[this.arrivals++ % this.#addresses.length] ?? ''
    let hasLeft = false
    const request = get(address, { agent: false }, (response) => {
      if (response.statusCode !== 200) this.#count(String(response.statusCode))
      response.resume()
      response.on('error', () => response.destroy())
    })
    request.on('close', () => {
      hasLeft = true
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (!hasLeft && !request.destroyed) this.#count(error.code ?? error.message)
    })
    this.#open.push(request)
  }

  #count(what: string): void {
    this.refusals.set(what, (this.refusals.get(what) ?? 0) + 1)
  }
}
