import { AtalayaError } from '../api/errors.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import type { RtspConnection } from './rtsp-connection.ts'
import { statusFailure } from './rtsp-failures.ts'
import { RtspLogin } from './rtsp-login.ts'
import type { RtspResponse } from './rtsp-message.ts'

/**
 * Requests on one connection, made in the user's name when the camera wants to know. They take turns: two under way at a time would
 * use up each other's nonce.
 */
export class RtspDialogue {
  readonly #connection: RtspConnection
  readonly #url: CameraUrl
  readonly #answerMs: number
  readonly #login: RtspLogin
  #isLoggedIn = false
  /** Settles when the last request has its answer. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(connection: RtspConnection, url: CameraUrl, answerMs: number) {
    this.#connection = connection
    this.#url = url
    this.#answerMs = answerMs
    this.#login = new RtspLogin(url)
  }

  /** The camera wanted to know who asks, and has accepted the credentials. */
  get isLoggedIn(): boolean {
    return this.#isLoggedIn
  }

  /**
   * Asks and returns the answer of whatever status but 401. On a 401 the request is repeated with the credentials, twice at most.
   * @throws {AtalayaError} `auth_failed` when there are no credentials or they are not accepted, `busy` when they were accepted before;
   * else as `RtspConnection.request`.
   */
  ask(method: string, uri: string, headers: Readonly<Record<string, string>> = {}): Promise<RtspResponse> {
    const answer = this.#turn.then(() => this.#ask(method, uri, headers))
    this.#turn = answer.catch(() => undefined) // it is reported to whoever asked
    return answer
  }

  /** As `ask`, for answers that have to be 2xx. */
  async require(method: string, uri: string, headers?: Readonly<Record<string, string>>): Promise<RtspResponse> {
    const response = await this.ask(method, uri, headers)
    if (response.status < 200 || response.status > 299) throw statusFailure(method, response, this.#url.authority)
    return response
  }

  /** As `ask`, the last request of all: it waits for the one before it for a moment only, since that may never be answered. */
  async leave(method: string, uri: string, headers: Readonly<Record<string, string>>): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS)
    })
    await Promise.race([this.#turn, patience])
    clearTimeout(timer)
    await this.#ask(method, uri, headers)
  }

  async #ask(method: string, uri: string, headers: Readonly<Record<string, string>>): Promise<RtspResponse> {
    this.#login.begin()
    for (;;) {
      const authorization = this.#login.authorize(method, uri)
      const fields = { ...headers, ...authorization, 'User-Agent': USER_AGENT }
      const response = await this.#connection.request(method, uri, fields, this.#answerMs)
      if (response.status !== 401) {
        if (this.#login.isAsked) this.#isLoggedIn = true
        return response
      }
      const challenges = response.headers.get('www-authenticate') ?? []
      if ((challenges.length > 0 || !this.#isLoggedIn) && this.#login.refused(challenges)) continue
      if (this.#isLoggedIn) throw noLongerAccepted(this.#url, method)
      throw statusFailure(method, response, this.#url.authority)
    }
  }
}

/** Some cameras turn away clients without a name. */
const USER_AGENT = 'Atalaya'
const PATIENCE_MS = 50

/** Dahua's cameras say so when all their sessions are taken. */
function noLongerAccepted({ authority }: CameraUrl, method: string): AtalayaError {
  return new AtalayaError(
    'busy',
    `The camera at ${authority} accepted the login and then answered ${method} with 401: it may have no free session; close other viewers of it.`,
  )
}
