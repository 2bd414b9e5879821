import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { Secret } from '../lib/secret.ts'
import type { KeyEntry, UserData } from './user-file.ts'

/** A key that was just made. It is shown once. */
export interface NewKey {
  readonly id: string
  readonly key: Secret
  readonly hash: string
}

/** Makes a key: `atk_…` for programs, `ate_…` for the address of an `<img>`. */
export function makeKey(kind: KeyEntry['kind']): NewKey {
  const id = randomBytes(5).toString('hex').slice(0, 8)
  const key = new Secret(`${PREFIX[kind]}_${id}_${randomBytes(32).toString('base64url')}`)
  return { id, key, hash: hashOf(key) }
}

/** The entry of a key of that kind, if the key is right; when it expires and from where it counts is left to the caller. */
export function findKey(data: UserData, kind: KeyEntry['kind'], key: Secret): { id: string; entry: KeyEntry } | undefined {
  const [, prefix, id = ''] = KEY.exec(key.reveal()) ?? []
  if (prefix !== PREFIX[kind] || !Object.hasOwn(data.keys, id)) return undefined
  const entry = data.keys[id]
  if (entry?.kind !== kind || !timingSafeEqual(Buffer.from(entry.hash), Buffer.from(hashOf(key)))) return undefined
  return { id, entry }
}

/** Whether a text has the form of a key for programs, which has no business in an address. */
export function isApiKey(text: string): boolean {
  return text.startsWith(`${PREFIX.api}_`)
}

/** SHA-256, in base64url. */
export function hashOf(secret: Secret): string {
  return createHash('sha256').update(secret.reveal()).digest('base64url')
}

const PREFIX = { api: 'atk', embed: 'ate' } as const
const KEY = /^(atk|ate)_([a-z0-9]{4,16})_[\w-]{43}$/
