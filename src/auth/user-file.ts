import { randomBytes } from 'node:crypto'
import { open, rm, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { AtalayaError } from '../api/errors.ts'
import { replaceFile } from '../lib/replace-file.ts'
import { ROLES } from './authorize.ts'
import { isPasswordHash } from './password.ts'

/** What a user may be called. */
export const USER_NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u

const cameras = z.array(z.string().max(64)).readonly().nullable()
const time = z.iso.datetime()

const User = z.strictObject({
  /** Differs from that of a former user of the same name. */
  id: z.string().min(8).max(64),
  role: z.enum(ROLES),
  /** The cameras that exist for the user; null: all. */
  cameras,
  password: z.string().refine(isPasswordHash, { error: 'is no scrypt hash' }),
  created: time,
})

const Key = z.strictObject({
  name: z.string().max(100),
  /** `api`: in a header, for programs. `embed`: in the address of an `<img>`, for pictures of one camera. */
  kind: z.enum(['api', 'embed']),
  role: z.enum(ROLES),
  cameras,
  /** SHA-256 of the key, which has 256 bits of its own: no salt, no slow hash is needed. */
  hash: z.string().regex(/^[\w-]{43}$/),
  created: time,
  /** Null: never. */
  expires: time.nullable(),
  /** Only from these networks; empty: from anywhere. */
  networks: z.array(z.string()).readonly(),
  /** Only in pages of these origins; empty: in any. */
  origins: z.array(z.string()).readonly(),
})

const UserFile = z.strictObject({
  version: z.literal(1),
  /** What signed addresses are signed with. */
  signingKey: z.string().regex(/^[\w-]{43}$/),
  /** The one-time link of `atalaya setup` that is not used yet. */
  setup: z.strictObject({ hash: z.string().regex(/^[\w-]{43}$/), created: time, expires: time }).nullable(),
  users: z.record(z.string().regex(USER_NAME), User),
  keys: z.record(z.string().regex(/^[a-z0-9]{4,16}$/), Key),
})

export type UserData = z.output<typeof UserFile>
export type UserEntry = z.output<typeof User>
export type KeyEntry = z.output<typeof Key>

/** A file that nobody is in yet. */
export function emptyUserData(): UserData {
  return { version: 1, signingKey: randomBytes(32).toString('base64url'), setup: null, users: {}, keys: {} }
}

/** The user of that name. */
export function findUser(data: UserData | undefined, name: string): UserEntry | undefined {
  return data && Object.hasOwn(data.users, name) ? data.users[name] : undefined
}

/**
 * The users and keys of a file; undefined where there is none.
 * @throws {AtalayaError} `auth_unavailable` where it cannot be read or is no such file; nothing of it is repeated
 */
export async function readUserFile(file: string): Promise<UserData | undefined> {
  let text: string
  try {
    await using handle = await open(file)
    const { size } = await handle.stat()
    if (size > LARGEST) throw new AtalayaError('auth_unavailable', `${file} is larger than 4 MiB: this is no file of users.`)
    text = await handle.readFile('utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (cause instanceof AtalayaError) throw cause
    throw unreadable(file, `cannot be read (${code ?? 'unknown reason'})`, cause)
  }
  const parsed = UserFile.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw unreadable(file, `is no file of users that this version understands (${issue?.path.slice(0, 1).join('.') || 'its form'})`)
}

/**
 * Reads the file, changes it and writes it anew, readable by its owner only; other programs that do the same wait.
 * @param change gets what the file holds, or an empty one; what it returns is written, nothing where that is undefined
 * @throws {AtalayaError} `auth_unavailable`, `storage_full`, `storage_failed`; the file is as it was
 */
export async function changeUserFile(file: string, change: (data: UserData) => UserData | undefined): Promise<void> {
  const unlock = await lock(`${file}.lock`)
  try {
    const next = change((await readUserFile(file)) ?? emptyUserData())
    if (next) await replaceFile(file, `${JSON.stringify(UserFile.parse(next), undefined, 2)}\n`)
  } finally {
    await unlock()
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // the schema refuses that, without the parser's words, which quote the file
  }
}

function unreadable(file: string, what: string, cause?: unknown): AtalayaError {
  return new AtalayaError('auth_unavailable', `${file} ${what}. Nobody gets in until it can be read.`, { cause })
}

/** Whoever makes the file of this name has the lock. */
async function lock(file: string): Promise<() => Promise<void>> {
  const until = performance.now() + LOCK_WITHIN_MS
  for (;;) {
    try {
      await (await open(file, 'wx', 0o600)).close()
      return () => rm(file, { force: true })
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      if (code !== 'EEXIST') throw lockFailure(`${file} cannot be written (${code}).`, cause)
      await removeIfStale(file)
      if (performance.now() > until)
        throw lockFailure(`Another program is changing the users; if there is none, remove ${file}.`, cause)
      await sleep(20)
    }
  }
}

function lockFailure(message: string, cause: unknown): AtalayaError {
  return new AtalayaError('storage_failed', message, { cause })
}

/** A program that was killed in the middle leaves its lock behind. */
async function removeIfStale(file: string): Promise<void> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return undefined // whoever had it is done
  })
  if (found && Math.abs(Date.now() - found.mtimeMs) > STALE_AFTER_MS) await rm(file, { force: true })
}

const LARGEST = 4 * 1024 * 1024
const LOCK_WITHIN_MS = 3000
const STALE_AFTER_MS = 10_000
