import { AtalayaError } from '../api/errors.ts'
import { type Authenticator, type Challenge, createAuthenticators, isStale, parseChallenges } from '../lib/authentication.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import type { RtspConnection } from './rtsp-connection.ts'
import { statusFailure } from './rtsp-failures.ts'
import type { RtspResponse } from './rtsp-message.ts'

/** Requests on one connection, made in the user's name when the camera wants to know. */
export class RtspDialogue {
  readonly #connection: RtspConnection
  readonly #url: CameraUrl
  readonly #answerMs: number
  #authenticator: Authenticator | undefined

  constructor(connection: RtspConnection, url: CameraUrl, answerMs: number) {
    this.#connection = connection
    this.#url = url
    this.#answerMs = answerMs
  }

  /** The camera wanted to know who asks, and has accepted the credentials. */
  get isLoggedIn(): boolean {
    return this.#authenticator !== undefined
  }

  /**
   * Asks and returns the answer of whatever status but 401. On a 401 the request is repeated with the credentials: once per
   * challenge that is understood and once more when only the nonce was stale, twice at most, for cameras lock accounts.
   * @throws {AtalayaError} `auth_failed` when there are no credentials or they are not accepted; else as `RtspConnection.request`.
   */
  async ask(method: string, uri: string, headers: Readonly<Record<string, string>> = {}): Promise<RtspResponse> {
    let response = await this.#send(method, uri, headers)
    if (response.status !== 401) return response
    let candidates: Authenticator[] | undefined
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const challenges = parseChallenges(response.headers.get('www-authenticate') ?? [])
      if (!candidates || isStale(challenges)) candidates = this.#candidates(challenges)
      this.#authenticator = candidates.shift()
      if (!this.#authenticator) break
      response = await this.#send(method, uri, headers)
      if (response.status !== 401) return response
    }
    this.#authenticator = undefined
    throw statusFailure(method, response, this.#url.authority)
  }

  /** As `ask`, for answers that have to be 2xx. */
  async require(method: string, uri: string, headers?: Readonly<Record<string, string>>): Promise<RtspResponse> {
    const response = await this.ask(method, uri, headers)
    if (response.status < 200 || response.status > 299) throw statusFailure(method, response, this.#url.authority)
    return response
  }

  #send(method: string, uri: string, headers: Readonly<Record<string, string>>): Promise<RtspResponse> {
    const authorization = this.#authenticator ? { Authorization: this.#authenticator.authorize(method, uri) } : {}
    return this.#connection.request(method, uri, { ...headers, ...authorization, 'User-Agent': USER_AGENT }, this.#answerMs)
  }

  #candidates(challenges: readonly Challenge[]): Authenticator[] {
    const { credentials, authority } = this.#url
    if (!credentials)
      throw new AtalayaError('auth_failed', `The camera at ${authority} asks for a user and a password, and none are configured.`)
    const candidates = createAuthenticators(challenges, credentials)
    if (candidates.length > 0) return candidates
    const offered = challenges.map((challenge) => challenge.scheme).join(', ') || 'nothing'
    throw new AtalayaError('auth_failed', `The camera at ${authority} offers no way to log in that is known here (${offered}).`)
  }
}

/** Some cameras turn away clients without a name. */
const USER_AGENT = 'Atalaya'
const MAX_ATTEMPTS = 2
