import { type IncomingMessage, request } from 'node:http'
import { AtalayaError, type ErrorCode } from '../api/errors.ts'
import { createAuthenticators, parseChallenges } from '../lib/authentication.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import { guardedConnect } from '../lib/destinations.ts'

/** A request to the web service of a camera. */
export interface CameraRequest {
  readonly method: 'GET' | 'POST'
  /** From `/` on, the query included. */
  readonly path: string
  readonly body?: string
  readonly contentType?: string
  /** The password goes out by Digest or not at all. */
  readonly digestOnly?: boolean
}

export interface CameraAnswer {
  readonly status: number
  readonly body: string
}

/**
 * Asks the web service of a camera and logs in once when it wants to know who asks. Redirects are not followed.
 * @throws {AtalayaError} `refused`, `unreachable`, `closed`, `auth_failed`, `protocol_error`
 */
export async function askCamera(url: CameraUrl, what: CameraRequest, signal?: AbortSignal): Promise<CameraAnswer> {
  const patience = AbortSignal.timeout(ANSWER_MS)
  const limit = signal ? AbortSignal.any([signal, patience]) : patience
  const first = await send(url, what, {}, limit)
  if (first.status !== 401) return first
  const { credentials } = url
  if (!credentials) throw failure('auth_failed', url, 'asks for a user and a password, and none are configured')
  const [authenticator] = createAuthenticators(
    parseChallenges(first.challenges).filter(({ scheme }) => scheme === 'digest' || what.digestOnly !== true),
    credentials,
  )
  if (!authenticator) throw failure('auth_failed', url, 'offers no way to log in that is known here')
  const second = await send(url, what, { Authorization: authenticator.authorize(what.method, what.path) }, limit)
  if (second.status === 401) throw failure('auth_failed', url, 'does not accept the user or the password')
  return second
}

interface Answer extends CameraAnswer {
  readonly challenges: readonly string[]
}

async function send(url: CameraUrl, what: CameraRequest, login: Record<string, string>, signal: AbortSignal): Promise<Answer> {
  const { method, path, body, contentType } = what
  const content =
    body === undefined ? {} : { 'Content-Type': contentType ?? 'text/plain', 'Content-Length': Buffer.byteLength(body) }
  const guarded = guardedConnect(url, url.port ?? 80)
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: url.host,
      port: url.port ?? 80,
      ...guarded,
      method,
      path,
      agent: false,
      signal,
      headers: { 'User-Agent': 'Atalaya', Connection: 'close', ...content, ...login },
    })
    const fail = (error: NodeJS.ErrnoException) => reject(signal.aborted ? silence(url, error) : connectionFailure(url, error))
    outgoing.once('error', fail).once('response', (response) => {
      readBody(response).then(
        (text) =>
          resolve({
            status: response.statusCode ?? 0,
            body: text,
            challenges: [response.headers['www-authenticate'] ?? []].flat(),
          }),
        fail,
      )
    })
    outgoing.end(body)
  })
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) throw new RangeError('the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const ANSWER_MS = 5000
const MAX_BODY_BYTES = 1024 * 1024

const CODES: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
}

function connectionFailure(url: CameraUrl, cause: NodeJS.ErrnoException): AtalayaError {
  if (cause instanceof AtalayaError) return cause
  const reason = cause.code ?? cause.message
  return failure(CODES[reason] ?? 'protocol_error', url, `cannot be asked (${reason})`, { cause })
}

function silence(url: CameraUrl, cause: Error): AtalayaError {
  return failure('unreachable', url, `did not answer within ${ANSWER_MS / 1000} s`, { cause })
}

function failure(code: ErrorCode, url: CameraUrl, what: string, options?: ErrorOptions): AtalayaError {
  return new AtalayaError(code, `The web service of the camera at ${url.authority} ${what}.`, options)
}
