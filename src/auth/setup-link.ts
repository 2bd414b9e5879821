import { randomBytes, timingSafeEqual } from 'node:crypto'
import { AtalayaError } from '../api/errors.ts'
import { Secret } from '../lib/secret.ts'
import type { Access } from './access.ts'
import type { Role } from './authorize.ts'
import { hashOf } from './keys.ts'
import { hashPassword, passwordFault } from './password.ts'
import { findUser, USER_NAME, type UserData, type UserEntry } from './user-file.ts'

/** How long the link of `atalaya setup` works. */
export const SETUP_LINK_MS = 15 * 60_000

/** The secret of a link, and the file with its hash in it; a former link is void from now on. */
export function addSetupLink(data: UserData, now: number): { token: Secret; data: UserData } {
  const token = new Secret(randomBytes(32).toString('base64url'))
  const setup = { hash: hashOf(token), created: iso(now), expires: iso(now + SETUP_LINK_MS) }
  return { token, data: { ...data, setup } }
}

/** What somebody sends who has such a link. */
export interface FirstAdministrator {
  readonly token: Secret
  readonly name: string
  readonly password: Secret
}

/**
 * Makes the first administrator. The link is used up by that and by nothing else, so that a password which will not do can be
 * put right.
 * @throws {AtalayaError} `bad_setup_link`, `bad_password`, `auth_unavailable`, `storage_failed`, `storage_full`
 */
export async function makeFirstAdministrator(access: Access, { token, name, password }: FirstAdministrator): Promise<void> {
  checkToken(access.store.data, token, access.clock.now())
  const entry = await makeUser({ name, password, role: 'admin', cameras: undefined, now: Date.now() })
  await access.store.change((data) => {
    checkToken(data, token, access.clock.now())
    return { ...data, setup: null, users: { ...data.users, [name]: entry } }
  })
}

/** Of whom an entry is to be made. */
export interface NewUser {
  readonly name: string
  readonly password: Secret
  readonly role: Role
  readonly cameras: readonly string[] | undefined
  readonly now: number
}

/**
 * The entry of a new user.
 * @throws {AtalayaError} `bad_password`, also for a name that will not do
 */
export async function makeUser({ name, password, role, cameras, now }: NewUser): Promise<UserEntry> {
  if (!USER_NAME.test(name)) throw new AtalayaError('bad_password', BAD_NAME)
  const fault = passwordFault(password, name)
  if (fault) throw new AtalayaError('bad_password', fault)
  return {
    id: randomBytes(6).toString('hex'),
    role,
    cameras: cameras ?? null,
    password: await hashPassword(password),
    created: iso(now),
  }
}

function checkToken(data: UserData | undefined, token: Secret, now: number): void {
  const setup = data?.setup
  const isRight = setup && timingSafeEqual(Buffer.from(setup.hash), Buffer.from(hashOf(token)))
  const isInTime = setup && Date.parse(setup.created) <= now + EARLY_MS && now < Date.parse(setup.expires)
  if (!isRight || !isInTime || hasAdministrator(data)) throw new AtalayaError('bad_setup_link')
}

/** Whether somebody may do everything already: then that one makes the other users. */
export function hasAdministrator(data: UserData): boolean {
  return Object.values(data.users).some(({ role }) => role === 'admin')
}

/** The user of that name, where there is one. */
export function userExists(data: UserData, name: string): boolean {
  return findUser(data, name) !== undefined
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

const BAD_NAME = 'A name has 1 to 64 letters, digits, ., _, @ and -, and begins with a letter or a digit.'
const EARLY_MS = 60_000
