import { AtalayaError } from '../api/errors.ts'
import { networkOf } from '../lib/address-list.ts'

/**
 * Slows down those who guess passwords: five wrong ones from an address, then one in 12 s; and for a name twenty, then one in
 * 3 s, but those who have logged in from their address before are not kept out by what others do with their name.
 */
export class LoginLimiter {
  readonly #now: () => number
  readonly #addresses = new Map<string, Bucket>()
  readonly #names = new Map<string, Bucket>()
  readonly #known = new Map<string, true>()

  /** @param now milliseconds of a clock that never jumps */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** @throws {AtalayaError} `too_many_logins` before any password is looked at */
  check(address: string, name: string): void {
    const network = networkOf(address)
    const isFull = isEmpty(this.#addresses.get(network), PER_ADDRESS, this.#now())
    const isNameFull = isEmpty(this.#names.get(name), PER_NAME, this.#now()) && !this.#known.has(`${name}\0${network}`)
    if (isFull || isNameFull) throw new AtalayaError('too_many_logins')
  }

  /** Counts a try as a wrong one, before it is known: whoever sends a hundred at once has not been told of the first yet. */
  began(address: string, name: string): void {
    take(this.#addresses, networkOf(address), PER_ADDRESS, this.#now())
    take(this.#names, name, PER_NAME, this.#now())
  }

  /** Takes a try back that was right. */
  succeeded(address: string, name: string): void {
    give(this.#addresses, networkOf(address), PER_ADDRESS)
    give(this.#names, name, PER_NAME)
    remember(this.#known, `${name}\0${networkOf(address)}`, true)
  }

  /** What is remembered, for tests of its bound. */
  get size(): number {
    return this.#addresses.size + this.#names.size + this.#known.size
  }
}

/** Tries that are left, and when they were counted. */
interface Bucket {
  left: number
  at: number
}

interface Limit {
  readonly most: number
  readonly refillMs: number
}

const PER_ADDRESS: Limit = { most: 5, refillMs: 12_000 }
const PER_NAME: Limit = { most: 20, refillMs: 3000 }
const MOST_REMEMBERED = 10_000

function isEmpty(bucket: Bucket | undefined, limit: Limit, now: number): boolean {
  return bucket !== undefined && leftAt(bucket, limit, now) < 1
}

function leftAt({ left, at }: Bucket, { most, refillMs }: Limit, now: number): number {
  return Math.min(most, left + (now - at) / refillMs)
}

function take(buckets: Map<string, Bucket>, key: string, limit: Limit, now: number): void {
  const bucket = buckets.get(key) ?? { left: limit.most, at: now }
  remember(buckets, key, { left: Math.max(0, leftAt(bucket, limit, now) - 1), at: now })
}

function give(buckets: Map<string, Bucket>, key: string, { most }: Limit): void {
  const bucket = buckets.get(key)
  if (bucket) bucket.left = Math.min(most, bucket.left + 1)
}

/** The newest stay. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= MOST_REMEMBERED) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
