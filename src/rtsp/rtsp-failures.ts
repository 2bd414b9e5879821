import { STATUS_CODES } from 'node:http'
import { AtalayaError, type ErrorCode } from '../api/errors.ts'
import type { RtspResponse } from './rtsp-message.ts'

/** The reason behind a socket's error, in the words of the error table. */
export function socketFailure(error: Error, authority: string): AtalayaError {
  if (error instanceof AtalayaError) return error
  const code = codeOf(error)
  const kind = isCertificateError(code) ? 'untrusted' : (CODES.get(code) ?? 'closed')
  return new AtalayaError(kind, `${SENTENCES[kind] ?? SENTENCES.closed} (${authority}: ${code || error.name}).`, { cause: error })
}

/** Nothing came within the time allowed. */
export function silenceFailure(what: string, authority: string, timeoutMs: number): AtalayaError {
  return new AtalayaError('unreachable', `The camera at ${authority} did not ${what} within ${timeoutMs / 1000} s.`)
}

/** The reason behind an answer that is not 2xx. The camera's own words are left out: it knows its password, and can say it. */
export function statusFailure(method: string, response: RtspResponse, authority: string): AtalayaError {
  const { status } = response
  const answer = `The camera at ${authority} answered ${method} with ${status} ${NAMES[status] ?? ''}`.trimEnd()
  const [code, advice] = adviceFor(method, status)
  return new AtalayaError(code, `${answer}: ${advice}.`)
}

/** RFC 2326 section 7.1.1, over what HTTP has the same numbers for. */
const NAMES: Readonly<Record<number, string | undefined>> = {
  ...STATUS_CODES,
  451: 'Parameter Not Understood',
  453: 'Not Enough Bandwidth',
  454: 'Session Not Found',
  455: 'Method Not Valid in This State',
  456: 'Header Field Not Valid',
  457: 'Invalid Range',
  459: 'Aggregate Operation Not Allowed',
  460: 'Only Aggregate Operation Allowed',
  461: 'Unsupported Transport',
  462: 'Destination Unreachable',
  551: 'Option Not Supported',
}

const CODES: ReadonlyMap<string, 'refused' | 'unreachable' | 'closed'> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ETIMEDOUT', 'unreachable'],
  ['EHOSTUNREACH', 'unreachable'],
  ['EHOSTDOWN', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ENETDOWN', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
  ['ENOTFOUND', 'unreachable'],
  ['EAI_AGAIN', 'unreachable'],
  ['EAI_FAIL', 'unreachable'],
])

const SENTENCES = {
  refused: 'The camera refused the connection: check its address and the port, and that its video service is switched on',
  unreachable: 'The camera cannot be reached: check its address, its power and its network',
  closed: 'The camera closed the connection',
  untrusted:
    'The certificate of the camera is not trusted: write its tls: { fingerprint: … } into the configuration, or tls: { verify: false } in a network of your own',
} as const

/** What Node.js and OpenSSL call a certificate that cannot be verified. */
function isCertificateError(code: string): boolean {
  return /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)/.test(
    code,
  )
}

/** Where several addresses of a name were tried, the first failure speaks for all. */
function codeOf(error: Error & { code?: unknown; errors?: unknown }): string {
  if (typeof error.code === 'string') return error.code
  const first: unknown = Array.isArray(error.errors) ? error.errors[0] : undefined
  return first instanceof Error ? codeOf(first) : ''
}

function adviceFor(method: string, status: number): [ErrorCode, string] {
  if (status === 401) return ['auth_failed', 'check the user and the password']
  if (status === 403 || status === 453 || status === 503)
    return ['busy', 'it may have no free session; close other viewers of it']
  if (status === 404 || (status === 454 && method === 'DESCRIBE')) return ['stream_not_found', 'check the path in its URL']
  if (status === 461) return ['unsupported', 'it does not send this way; try another transport:']
  if (status >= 300 && status < 400) return ['unsupported', 'it refers to another address, which has to be configured instead']
  return ['protocol_error', 'it may need a restart or other settings']
}
