import { createHmac, randomBytes } from 'node:crypto'
import type { Secret } from '../lib/secret.ts'

/** Passwords that were right a short while ago, for clients that send theirs with each request; none is kept readable. */
export class BasicLogins {
  readonly #key = randomBytes(32)
  readonly #now: () => number
  readonly #known = new Map<string, number>()

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** @param tag of the user and the password as they are now */
  knows(name: string, password: Secret, tag: string): boolean {
    const since = this.#known.get(this.#mark(name, password, tag))
    return since !== undefined && this.#now() - since < KNOWN_FOR_MS
  }

  remember(name: string, password: Secret, tag: string): void {
    const mark = this.#mark(name, password, tag)
    this.#known.delete(mark)
    this.#known.set(mark, this.#now())
    const [oldest] = this.#known.keys()
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest)
  }

  #mark(name: string, password: Secret, tag: string): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([name, password.reveal(), tag]))
      .digest('base64url')
  }
}

const KNOWN_FOR_MS = 60_000
const MOST = 1000
