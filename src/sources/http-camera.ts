import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { AtalayaError } from '../api/errors.ts'
import { createAuthenticators, isStale, parseChallenges } from '../lib/authentication.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import { guardedConnect } from '../lib/destinations.ts'
import { followRedirect, MAX_REDIRECTS } from '../lib/follow-redirect.ts'
import { matchesFingerprint, type TlsTrust, tlsOptions } from '../lib/tls-trust.ts'
import { silenceFailure, socketFailure } from '../rtsp/rtsp-failures.ts'

/** A camera that is asked over HTTP, and how. */
export interface HttpCamera {
  /** Its credentials only ever travel in the `Authorization` field, and to its own host only. */
  readonly url: CameraUrl
  readonly tls: TlsTrust
  /** Milliseconds for the connection and for the beginning of the answer. */
  readonly timeoutMs: number
}

/** What the camera sends, and whether it wanted to know who asks. */
export interface HttpAnswer {
  /** Of status 200 or 304; its body is the caller's to read or to destroy. */
  readonly answer: IncomingMessage
  readonly isLoggedIn: boolean
}

/**
 * Asks for the camera's address: logs in where the camera wants it (Basic, Digest), and follows three redirects at most.
 * @throws {AtalayaError} why there is no such answer; the signal's reason when it is aborted.
 */
export async function askHttpCamera(
  camera: HttpCamera,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  let { url } = camera
  let authorization: string | undefined
  let attempts = 0
  for (let redirects = 0; ; ) {
    const answer = await ask({ ...camera, url }, { ...headers, ...(authorization && { Authorization: authorization }) }, signal)
    const { statusCode: status = 0 } = answer
    if (status === 200 || status === 304) return { answer, isLoggedIn: authorization !== undefined }
    answer.destroy()
    if (status === 401 && isWorthTrying(attempts++, answer)) authorization = logIn(url, answer)
    else if (status >= 300 && status < 400 && answer.headers.location !== undefined) {
      if (++redirects > MAX_REDIRECTS) throw tooManyRedirects(camera.url)
      url = follow(url, answer.headers.location)
      authorization = undefined
    } else throw statusFailure(status, url)
  }
}

/** Once, and again where only the nonce was stale: cameras lock accounts. */
function isWorthTrying(attempts: number, answer: IncomingMessage): boolean {
  return attempts === 0 || (attempts === 1 && isStale(parseChallenges(answer.headersDistinct['www-authenticate'] ?? [])))
}

async function ask(
  { url, tls, timeoutMs }: HttpCamera,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  signal.throwIfAborted()
  const isSecure = url.scheme === 'https'
  const port = url.port ?? (isSecure ? 443 : 80)
  const guarded = guardedConnect(url, port)
  return new Promise((resolve, reject) => {
    const request = (isSecure ? httpsRequest : httpRequest)({
      host: url.host,
      port,
      ...guarded,
      path: encodePath(url.path),
      headers: {
        Host: url.authority,
        Accept: 'multipart/x-mixed-replace, image/jpeg, */*;q=0.1',
        'User-Agent': 'Atalaya',
        ...headers,
      },
      agent: false,
      signal,
      ...(isSecure && tlsOptions(tls)),
      ...(isSecure && isName(url.host) && { servername: url.host }),
    })
    const timer = setTimeout(() => request.destroy(silenceFailure('answer', url.authority, timeoutMs)), timeoutMs)
    request.once('response', (answer) => {
      clearTimeout(timer)
      answer.socket.setKeepAlive(true, 10_000)
      resolve(answer)
    })
    request.on('socket', (socket) => {
      socket.once('secureConnect', () => {
        if (!matchesFingerprint(tls, (socket as TLSSocket).getPeerCertificate())) request.destroy(otherCertificate(url))
      })
    })
    request.on('error', (error) => {
      clearTimeout(timer)
      reject(signal.aborted ? signal.reason : httpFailure(error, url))
    })
    request.end()
  })
}

/** The path as a request line may hold it. */
function encodePath(path: string): string {
  const absolute = path.startsWith('/') ? path : `/${path}`
  return absolute.replaceAll(/[^\x21-\x7e]+/g, encodeURIComponent).replace(/#.*$/, '')
}

function isName(host: string): boolean {
  return !host.includes(':') && !/^[\d.]+$/.test(host)
}

function logIn(url: CameraUrl, answer: IncomingMessage): string {
  const { credentials, authority } = url
  if (!credentials) {
    throw new AtalayaError('auth_failed', `The camera at ${authority} asks for a user and a password, and none are configured.`)
  }
  const challenges = parseChallenges(answer.headersDistinct['www-authenticate'] ?? [])
  const [authenticator] = createAuthenticators(challenges, credentials)
  if (!authenticator)
    throw new AtalayaError('auth_failed', `The camera at ${authority} offers no way to log in that is known here.`)
  return authenticator.authorize('GET', encodePath(url.path))
}

function follow(from: CameraUrl, location: string): CameraUrl {
  const to = followRedirect(from, location, ['http', 'https'])
  if (!to) throw elsewhere(from)
  return to
}

function elsewhere({ authority }: CameraUrl): AtalayaError {
  return new AtalayaError(
    'unsupported',
    `The camera at ${authority} refers to an address that is not followed: configure the address of its pictures itself.`,
  )
}

function tooManyRedirects({ authority }: CameraUrl): AtalayaError {
  return new AtalayaError(
    'unsupported',
    `The camera at ${authority} refers from one address to the next, more than ${MAX_REDIRECTS} times.`,
  )
}

function otherCertificate({ authority }: CameraUrl): AtalayaError {
  return new AtalayaError('untrusted', `The camera at ${authority} shows another certificate than the one of tls.fingerprint.`)
}

function httpFailure(error: Error & { code?: string }, { authority }: CameraUrl): AtalayaError {
  if (error instanceof AtalayaError) return error
  if (error.code?.startsWith('HPE_')) {
    return new AtalayaError(
      'protocol_error',
      `What the camera at ${authority} answers is no HTTP that can be read (${error.code}).`,
      {
        cause: error,
      },
    )
  }
  return socketFailure(error, authority)
}

function statusFailure(status: number, { authority }: CameraUrl): AtalayaError {
  const answer = `The camera at ${authority} answered with ${status}`
  if (status === 401) return new AtalayaError('auth_failed', `${answer}: check the user and the password.`)
  if (status === 403 || status === 503)
    return new AtalayaError('busy', `${answer}: it may have no free session; close other viewers of it.`)
  if (status === 404) return new AtalayaError('stream_not_found', `${answer}: check the path in its URL.`)
  return new AtalayaError('protocol_error', `${answer}: it may need a restart or other settings.`)
}
