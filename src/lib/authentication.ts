import { createHash, randomBytes } from 'node:crypto'
import type { Credentials } from './camera-url.ts'

/** One way to log in that a camera offers in `WWW-Authenticate` (RFC 7616, RFC 7617). */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string
  /** By names in lower case, the values as they stand between the quotes. */
  readonly parameters: ReadonlyMap<string, string>
}

/**
 * Reads `WWW-Authenticate` fields: several challenges, in one field or in several. It forgives missing quotes and commas,
 * which cameras leave out.
 */
export function parseChallenges(fields: readonly string[]): Challenge[] {
  return fields.flatMap((field) => {
    const starts = [...field.matchAll(SCHEME)]
    return starts.map((start, i) => {
      const begin = start.index + start[0].length
      return { scheme: (start[1] ?? '').toLowerCase(), parameters: parseParameters(field.slice(begin, starts[i + 1]?.index)) }
    })
  })
}

/** Whether the camera only asks for a fresh nonce: the password was right (RFC 7616 section 3.3). */
export function isStale(challenges: readonly Challenge[]): boolean {
  return challenges.some((challenge) => challenge.parameters.get('stale')?.toLowerCase() === 'true')
}

/** Answers one challenge, request after request. */
export interface Authenticator {
  /** The value of the `Authorization` field for this request; it holds the password or what stands for it. */
  authorize(method: string, uri: string): string
}

/**
 * The authenticators for those challenges that are understood, the strongest first.
 * @param makeCnonce a value of the client's own for each, that nobody can foretell
 */
export function createAuthenticators(
  challenges: readonly Challenge[],
  credentials: Credentials,
  makeCnonce = () => randomBytes(8).toString('hex'),
): Authenticator[] {
  const digests = challenges.filter((challenge) => challenge.scheme === 'digest' && challenge.parameters.has('nonce'))
  const ranked = digests.flatMap((challenge) => {
    const algorithm = (challenge.parameters.get('algorithm') ?? 'MD5').toUpperCase()
    const hash = HASHES.get(algorithm.replace(/-SESS$/, ''))
    return hash ? [{ challenge, hash, algorithm }] : []
  })
  ranked.sort((a, b) => b.hash.localeCompare(a.hash))
  const basic = challenges.some((challenge) => challenge.scheme === 'basic') ? [basicAuthenticator(credentials)] : []
  return [...ranked.map((ranking) => digestAuthenticator(ranking, credentials, makeCnonce())), ...basic]
}

/**
 * A scheme's name stands at the beginning or after a comma and is followed by a parameter, or by nothing. Both expressions look behind, so
 * that each begins only where a word does: else a long run of letters or spaces would be tried from every one of its signs on.
 */
const SCHEME = /(?<![^,\s])(basic|digest|negotiate|ntlm|bearer)(?=\s|,|$)\s*/gi
const PARAMETER = /(?<![a-z0-9_-])([a-z][a-z0-9_-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/gi
const HASHES: ReadonlyMap<string, 'md5' | 'sha256'> = new Map([
  ['MD5', 'md5'],
  ['SHA-256', 'sha256'],
  ['SHA256', 'sha256'],
])

function parseParameters(text: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const [, name = '', quoted, bare] of text.matchAll(PARAMETER)) parameters.set(name.toLowerCase(), quoted ?? bare ?? '')
  return parameters
}

function basicAuthenticator({ user, password }: Credentials): Authenticator {
  return { authorize: () => `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString('base64')}` }
}

/** RFC 7616 section 3.4; without qop as RFC 2069 had it, which most cameras still do. */
function digestAuthenticator(
  { challenge, hash, algorithm }: { challenge: Challenge; hash: 'md5' | 'sha256'; algorithm: string },
  { user, password }: Credentials,
  cnonce: string,
): Authenticator {
  const digest = (text: string) => createHash(hash).update(text).digest('hex')
  const parameter = (name: string) => challenge.parameters.get(name)
  const realm = parameter('realm') ?? ''
  const nonce = parameter('nonce') ?? ''
  const qop = /(?:^|[\s,])auth(?=[\s,]|$)/i.test(parameter('qop') ?? '') ? 'auth' : undefined
  const secret = digest(`${user}:${realm}:${password.reveal()}`)
  const session = algorithm.endsWith('-SESS') ? digest(`${secret}:${nonce}:${cnonce}`) : secret
  let count = 0
  return {
    authorize(method, uri) {
      const nc = (++count).toString(16).padStart(8, '0')
      const request = digest(`${method}:${uri}`)
      const response = digest(qop ? `${session}:${nonce}:${nc}:${cnonce}:${qop}:${request}` : `${session}:${nonce}:${request}`)
      const fields = [
        `username="${escapeQuoted(user)}"`,
        `realm="${realm}"`,
        `nonce="${nonce}"`,
        `uri="${uri}"`,
        `response="${response}"`,
      ]
      if (parameter('algorithm')) fields.push(`algorithm=${parameter('algorithm')}`)
      if (parameter('opaque') !== undefined) fields.push(`opaque="${parameter('opaque')}"`)
      if (qop) fields.push(`qop=${qop}`, `nc=${nc}`)
      if (qop || algorithm.endsWith('-SESS')) fields.push(`cnonce="${cnonce}"`)
      return `Digest ${fields.join(', ')}`
    },
  }
}

function escapeQuoted(text: string): string {
  return text.replace(/["\\]/g, '\\$&')
}
