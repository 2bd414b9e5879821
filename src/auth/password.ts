import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { AtalayaError } from '../api/errors.ts'
import type { Secret } from '../lib/secret.ts'

/** The cost of a hash: RFC 7914 section 2. */
interface Cost {
  readonly N: number
  readonly r: number
  readonly p: number
}

/** 32 MiB and three rounds: as strong as 128 MiB and one (OWASP Password Storage Cheat Sheet), and fit for small machines. */
const COST: Cost = { N: 2 ** 15, r: 8, p: 3 }
const KEY_BYTES = 32
const SALT_BYTES = 16

/** What a new password must have: ASVS 5.0 6.2.1 and 6.2.9. */
export const PASSWORD_LENGTH = { least: 12, most: 256 } as const

/** Why a password will not do; undefined: it will. */
export function passwordFault(password: Secret, name: string): string | undefined {
  const text = password.reveal()
  const length = [...text].length
  if (length < PASSWORD_LENGTH.least) return `The password needs at least ${PASSWORD_LENGTH.least} characters.`
  if (length > PASSWORD_LENGTH.most) return `The password may have at most ${PASSWORD_LENGTH.most} characters.`
  if (new Set(text).size < 4) return 'The password repeats a few characters; choose another one.'
  if (text.toLowerCase().includes(name.toLowerCase()) && text.length < name.length + 8)
    return 'The password is hardly more than the name; choose another one.'
  return undefined
}

/** The salted hash of a password, with its parameters: `$scrypt$ln=15,r=8,p=3$salt$hash`. */
export async function hashPassword(password: Secret): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, salt, COST)
  const { N, r, p } = COST
  return `$scrypt$ln=${Math.log2(N)},r=${r},p=${p}$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

/**
 * Whether the password is the one of the hash. Without a hash, as for a user who does not exist, the same work is done for
 * nothing, so that the time says nothing.
 * @throws {AtalayaError} `too_many_logins` when too many are waiting already
 */
export async function verifyPassword(password: Secret, hash: string | undefined): Promise<boolean> {
  const { cost, salt, expected } = parseHash(hash) ?? DUMMY
  const actual = await derive(password, salt, cost)
  return timingSafeEqual(actual, expected) && hash !== undefined
}

/** Whether this is a hash that can be verified. */
export function isPasswordHash(text: string): boolean {
  return parseHash(text) !== undefined
}

const DUMMY = { cost: COST, salt: randomBytes(SALT_BYTES), expected: randomBytes(KEY_BYTES) }

function parseHash(hash: string | undefined): { cost: Cost; salt: Buffer; expected: Buffer } | undefined {
  const [, log, r, p, salt, value] = HASH.exec(hash ?? '') ?? []
  if (!log || !r || !p || !salt || !value) return undefined
  const cost = { N: 2 ** Number(log), r: Number(r), p: Number(p) }
  const expected = Buffer.from(value, 'base64url')
  // Whoever can write the file can do worse, but a slip of the pen must not take all memory.
  if (128 * cost.N * cost.r > MOST_MEMORY || expected.length !== KEY_BYTES) return undefined
  return { cost, salt: Buffer.from(salt, 'base64url'), expected }
}

const HASH = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]{16,64})\$([\w-]{43})$/
const MOST_MEMORY = 256 * 1024 * 1024

let running = 0
const waiting: (() => void)[] = []
/** Each takes 32 MiB and a thread of the pool. */
const MOST_AT_ONCE = 2
const MOST_WAITING = 16

async function derive(password: Secret, salt: Buffer, cost: Cost): Promise<Buffer> {
  if (running >= MOST_AT_ONCE) {
    if (waiting.length >= MOST_WAITING) throw new AtalayaError('too_many_logins')
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else running++
  try {
    return await new Promise((resolve, reject) => {
      const options = { ...cost, maxmem: 128 * cost.N * cost.r * 2 }
      scrypt(password.reveal().normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
        error ? reject(error) : resolve(key),
      )
    })
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}
