import { AtalayaError } from '../api/errors.ts'
import { type Authenticator, type Challenge, createAuthenticators, isStale, parseChallenges } from '../lib/authentication.ts'
import type { CameraUrl } from '../lib/camera-url.ts'

/** How a camera's questions for a user and a password are answered, on one connection. */
export class RtspLogin {
  readonly #url: CameraUrl
  #authenticator: Authenticator | undefined
  /** Which of the ways that the camera offers is tried for the request at hand, the strongest being 0. */
  #way = 0
  #attempts = 0

  constructor(url: CameraUrl) {
    this.#url = url
  }

  /** The camera wanted to know who asks. */
  get isAsked(): boolean {
    return this.#authenticator !== undefined
  }

  /** The field for a request, empty as long as the camera has not asked for one. */
  authorize(method: string, uri: string): Readonly<Record<string, string>> {
    return this.#authenticator ? { Authorization: this.#authenticator.authorize(method, uri) } : {}
  }

  /** Another request begins: it is given its own tries. */
  begin(): void {
    this.#way = 0
    this.#attempts = 0
  }

  /**
   * Takes the `WWW-Authenticate` fields of a 401. True when the request is worth repeating: with the strongest way to log in, then once more
   * with the next one or where only the nonce was stale. Not oftener, for cameras lock accounts.
   * @throws {AtalayaError} `auth_failed` when there are no credentials, or no way to use them.
   */
  refused(fields: readonly string[]): boolean {
    const challenges = parseChallenges(fields)
    if (this.#attempts > 0 && !isStale(challenges)) this.#way++
    this.#authenticator = this.#attempts++ < MAX_ATTEMPTS ? this.#answersTo(challenges)[this.#way] : undefined
    return this.#authenticator !== undefined
  }

  /** A password that a digest was refused for is not sent in the clear. */
  #answersTo(challenges: readonly Challenge[]): Authenticator[] {
    const { credentials, authority } = this.#url
    if (!credentials)
      throw new AtalayaError('auth_failed', `The camera at ${authority} asks for a user and a password, and none are configured.`)
    const digests = createAuthenticators(
      challenges.filter(({ scheme }) => scheme === 'digest'),
      credentials,
    )
    const candidates = digests.length > 0 ? digests : createAuthenticators(challenges, credentials)
    if (candidates.length > 0) return candidates
    const offered = challenges.map((challenge) => challenge.scheme).join(', ') || 'nothing'
    throw new AtalayaError('auth_failed', `The camera at ${authority} offers no way to log in that is known here (${offered}).`)
  }
}

const MAX_ATTEMPTS = 2
