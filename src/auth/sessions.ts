import { createHash, randomBytes } from 'node:crypto'
import { Secret } from '../lib/secret.ts'

/** Somebody who has logged in. */
export interface Session {
  readonly user: string
  /** Of the user and the password that it was made for: with another one it is void. */
  readonly tag: string
  readonly began: number
  seen: number
  /** Of somebody whom an identity provider has named, who is no user of ours: their groups there. */
  readonly groups?: readonly string[] | undefined
}

/** How long sessions last. */
export interface SessionSpan {
  readonly idleMs: number
  readonly mostMs: number
}

/** The sessions of a gateway, in memory: they end with it. Times are of a clock that never jumps. */
export class Sessions {
  readonly #span: SessionSpan
  readonly #now: () => number
  readonly #sessions = new Map<string, Session>()

  constructor(span: SessionSpan = SPAN, now: () => number = () => performance.now()) {
    this.#span = span
    this.#now = now
  }

  /** Begins one, under a new secret; the oldest makes room where there are too many. */
  begin(user: string, tag: string, groups?: readonly string[]): Secret {
    const secret = new Secret(randomBytes(32).toString('base64url'))
    const now = this.#now()
    this.#sessions.set(keyOf(secret), { user, tag, began: now, seen: now, groups })
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size > MOST && oldest !== undefined) this.#sessions.delete(oldest)
    return secret
  }

  /** The session of a secret, if it is still good; asking for it is use of it. */
  find(secret: Secret): Session | undefined {
    const key = keyOf(secret)
    const session = this.#sessions.get(key)
    if (!session) return undefined
    const now = this.#now()
    if (now - session.seen > this.#span.idleMs || now - session.began > this.#span.mostMs) {
      this.#sessions.delete(key)
      return undefined
    }
    session.seen = now
    return session
  }

  end(secret: Secret): void {
    this.#sessions.delete(keyOf(secret))
  }
}

/** Half a day without use, a week in all (ASVS 5.0 7.3.1 and 7.3.2). */
export const SPAN: SessionSpan = { idleMs: 12 * 3_600_000, mostMs: 7 * 24 * 3_600_000 }
const MOST = 10_000

/** A look into the memory shows no secret, and finding it takes no time that depends on its first letters. */
function keyOf(secret: Secret): string {
  return createHash('sha256').update(secret.reveal()).digest('base64url')
}
