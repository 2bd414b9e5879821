import { AtalayaError } from '../api/errors.ts'
import { AddressList } from '../lib/address-list.ts'
import type { Caller } from './access.ts'
import type { Subject } from './authorize.ts'
import type { SteadyClock } from './steady-clock.ts'
import type { KeyEntry } from './user-file.ts'
import type { UserStore } from './user-store.ts'
import { rightsOf } from './user-subject.ts'

/** Where a key's rights are looked up, for as long as it is used. */
export interface KeySource {
  readonly way: 'key' | 'embed'
  readonly store: UserStore
  readonly clock: SteadyClock
}

/** What a key opens. One in the address of an `<img>` opens pictures only, whatever its entry says. */
export function keySubject(id: string, { name, hash }: KeyEntry, { way, store, clock }: KeySource): Subject {
  return {
    way,
    name: name || id,
    signer: way === 'key' ? id : undefined,
    rights: () => {
      const entry = store.data?.keys[id]
      if (entry?.hash !== hash || !isInTime(entry, clock)) return undefined
      return way === 'key' ? rightsOf(entry) : { ...rightsOf(entry), role: 'pictures' }
    },
  }
}

/**
 * Whether a key may be used now, and from there.
 * @throws {AtalayaError} `bad_key`
 */
export function checkKey(entry: KeyEntry, { address, headers }: Pick<Caller, 'address' | 'headers'>, clock: SteadyClock): void {
  if (!isInTime(entry, clock)) throw new AtalayaError('bad_key', 'This key has expired.')
  if (entry.networks.length > 0 && !new AddressList(entry.networks).has(address)) {
    throw new AtalayaError('bad_key', 'This key may not be used from there.')
  }
  if (entry.origins.length > 0 && !entry.origins.includes(originOf(headers.origin ?? headers.referer ?? ''))) {
    throw new AtalayaError('bad_key', 'This key may not be used in that page.')
  }
}

/** A key of the future is one of a clock that is wrong: nobody knows whether it has expired. */
function isInTime({ created, expires }: KeyEntry, clock: SteadyClock): boolean {
  const now = clock.now()
  return Date.parse(created) <= now + EARLY_MS && (expires === null || now < Date.parse(expires))
}

function originOf(page: string): string {
  return URL.canParse(page) ? new URL(page).origin : ''
}

const EARLY_MS = 60_000
