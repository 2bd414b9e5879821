import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { AtalayaError } from '../api/errors.ts'

/** What an address is signed for. */
export interface Signing {
  /** The signing key of the gateway. */
  readonly key: string
  /** The id of the user or key that signs, or `cli`: the address dies with it. */
  readonly by: string
  /** Milliseconds since 1970. */
  readonly now: number
  readonly forMs: number
}

/** The camera and the action that a path is about, where it can be signed at all. */
export interface SignedTarget {
  readonly camera: string
  readonly action: 'watch' | 'operate'
}

/** How long a signed address can be opened at most; what needs longer gets an embed key. */
export const LONGEST_SIGNATURE_MS = 7 * 24 * 3_600_000

/** What a path such as `/camera/1/snapshot` or `/stop/1` is about; undefined for one that cannot be signed. */
export function signedTarget(path: string): SignedTarget | undefined {
  const [, watched, stopped] = SIGNABLE.exec(path) ?? []
  if (watched !== undefined) return { camera: watched, action: 'watch' }
  return stopped === undefined ? undefined : { camera: stopped, action: 'operate' }
}

/**
 * Signs an address: what comes back opens exactly this path with exactly these parameters, until then.
 * @param address path and query inside the gateway, such as `/camera/1?width=640`
 * @throws {AtalayaError} `bad_parameter` for a path that cannot be signed
 */
export function signAddress(address: string, { key, by, now, forMs }: Signing): string {
  const [path = '', query = ''] = address.split('?', 2)
  const parameters = new URLSearchParams(query)
  if (!signedTarget(path) || OWN.some((name) => parameters.has(name))) {
    throw new AtalayaError('bad_parameter', 'Only /camera/{id}, what is below it, and /stop/{id} can be signed, once.')
  }
  parameters.set('by', by)
  parameters.set('issued', seconds(now))
  parameters.set('expires', seconds(now + forMs))
  parameters.set('signature', signatureOf(path, parameters, key))
  return `${path}?${parameters}`
}

/** Whether a request brings a signature, right or wrong. */
export function isSigned(parameters: URLSearchParams): boolean {
  return parameters.has('signature')
}

/**
 * Checks the signature of a request, and returns who has signed.
 * @throws {AtalayaError} `bad_signature`, `link_expired`
 */
export function verifyAddress(path: string, parameters: URLSearchParams, key: string, now: number): { by: string } {
  if (OWN.some((name) => parameters.getAll(name).length !== 1)) throw new AtalayaError('bad_signature')
  const [given, expected] = [parameters.get('signature') ?? '', signatureOf(path, parameters, key)].map(digest)
  if (!given || !expected || !timingSafeEqual(given, expected)) throw new AtalayaError('bad_signature')
  const [issued, expires] = [Number(parameters.get('issued')) * 1000, Number(parameters.get('expires')) * 1000]
  // An address of the future is one of a clock that is wrong, here or there.
  if (!(issued <= now + EARLY_MS && now < expires)) throw new AtalayaError('link_expired')
  return { by: parameters.get('by') ?? '' }
}

function signatureOf(path: string, parameters: URLSearchParams, key: string): string {
  const signed = [...parameters].filter(([name]) => name !== 'signature')
  const lines = signed.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map((pair) => JSON.stringify(pair))
  return createHmac('sha256', Buffer.from(key, 'base64url'))
    .update(['v1', 'GET', path, ...lines].join('\n'))
    .digest('base64url')
}

/** Of one length, whatever was given. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function seconds(ms: number): string {
  return String(Math.floor(ms / 1000))
}

const OWN = ['by', 'issued', 'expires', 'signature'] as const
const SIGNABLE =
  /^\/(?:camera\/([A-Za-z0-9_-][A-Za-z0-9_.-]{0,63})(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*|stop\/([A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}))$/
const EARLY_MS = 60_000
