import { AtalayaError } from '../api/errors.ts'
import type { RtspAddress } from './camera-socket.ts'
import type { RtspLogin } from './rtsp-login.ts'

/** What both halves of a tunnel through HTTP know. */
export interface TunnelEnds {
  readonly address: RtspAddress
  readonly port: number
  /** As it stands in the request lines. */
  readonly path: string
  /** The fields that make the two requests one tunnel. */
  readonly fields: Readonly<Record<string, string>>
  readonly login: RtspLogin
}

/** What the two requests say they carry. */
export const TUNNELLED = 'application/x-rtsp-tunnelled'

/** One of the two requests, which has no end: HTTP/1.0, lest the answer is cut into chunks. */
export function formatTunnelRequest(method: 'GET' | 'POST', ends: TunnelEnds): string {
  const own = method === 'GET' ? { Accept: TUNNELLED } : POST_FIELDS
  const fields = { ...ends.fields, ...own, ...ends.login.authorize(method, ends.path), 'User-Agent': 'Atalaya' }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${ends.path} HTTP/1.0\r\n${lines.join('')}\r\n`
}

/** The length is what QuickTime said, and means that there is no end. */
const POST_FIELDS = { 'Content-Type': TUNNELLED, 'Content-Length': '32767', Expires: 'Sun, 9 Jan 1972 00:00:00 GMT' }

/** What an answer to one of the requests means that is neither 2xx nor a 401 with something left to try. */
export function tunnelFailure(method: 'GET' | 'POST', status: number, authority: string): AtalayaError {
  const answer = `The camera at ${authority} answered the HTTP ${method} of transport: http with ${status}`
  if (status === 401) return new AtalayaError('auth_failed', `${answer}: check the user and the password.`)
  if (status === 403 || status === 453 || status === 503)
    return new AtalayaError('busy', `${answer}: it may have no free session; close other viewers of it.`)
  if (status === 404) return new AtalayaError('stream_not_found', `${answer}: check the path in its URL, and the port.`)
  return new AtalayaError(
    'unsupported',
    `${answer}: it may not offer RTSP over HTTP there; check the port, or use transport: tcp.`,
  )
}
