import { createHash } from 'node:crypto'
import type { Rights, Subject } from './authorize.ts'
import { findUser, type UserEntry } from './user-file.ts'
import type { UserStore } from './user-store.ts'

/** Where a user's rights are looked up, for as long as they are used. */
export interface UserSource {
  readonly way: 'session' | 'basic'
  readonly store: UserStore
}

/** A user who has proved to be one: with another password, or as another user of the same name, nothing is left of it. */
export function userSubject(name: string, user: UserEntry, { way, store }: UserSource): Subject {
  const tag = tagOf(user)
  return {
    way,
    name,
    signer: user.id,
    rights: () => {
      const present = findUser(store.data, name)
      return present && tagOf(present) === tag ? rightsOf(present) : undefined
    },
  }
}

/** What a user may do. */
export function rightsOf({ role, cameras }: Pick<UserEntry, 'role' | 'cameras'>): Rights {
  return { role, cameras: cameras === null ? undefined : new Set(cameras) }
}

/** Changes with the password and with the user, and tells nothing of either. */
export function tagOf({ id, password }: UserEntry): string {
  return createHash('sha256').update(`${id}\0${password}`).digest('base64url')
}
