import { AtalayaError } from '../api/errors.ts'
import type { CameraSocket, RtspAddress } from './camera-socket.ts'
import { silenceFailure } from './rtsp-failures.ts'
import { parseHeaderFields, type RtspHeaders } from './rtsp-message.ts'

/** How an HTTP answer begins (RFC 9112). */
export interface HttpHead {
  readonly status: number
  readonly headers: RtspHeaders
  /** What came behind the head already. */
  readonly rest: Buffer
}

/**
 * Waits for the head of an HTTP answer. What follows it is the caller's, who has to listen before the event loop turns.
 * @throws {AtalayaError} `unreachable` when there is none in time, `protocol_error` when it is none, why the connection ended, or the signal's
 * reason.
 */
export function readHttpHead(socket: CameraSocket, { url, timing }: RtspAddress, signal: AbortSignal): Promise<HttpHead> {
  return new Promise((resolve, reject) => {
    let text = Buffer.alloc(0)
    const settle = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      socket.listen({ bytes: (bytes) => (text = Buffer.concat([text, bytes])), ended: () => undefined })
    }
    const fail = (reason: unknown) => {
      settle()
      reject(reason)
    }
    const onAbort = () => fail(signal.reason)
    const timer = setTimeout(() => fail(silenceFailure('answer', url.authority, timing.answerMs)), timing.answerMs)
    signal.addEventListener('abort', onAbort)
    const bytes = (more: Buffer) => {
      text = Buffer.concat([text, more])
      const head = parseHttpHead(text)
      if (head === 'none' || text.length > MAX_HEAD_BYTES) return fail(noHttp(url.authority))
      if (head === 'unfinished') return
      settle()
      resolve(head)
    }
    socket.listen({ bytes, ended: fail })
  })
}

/** Takes the head from the beginning of what came. */
export function parseHttpHead(text: Buffer): HttpHead | 'unfinished' | 'none' {
  if (!'HTTP/'.startsWith(text.toString('latin1', 0, 5))) return 'none'
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return 'unfinished'
  const [start = '', ...lines] = text.toString('latin1', 0, end).split('\r\n')
  const status = Number(/^HTTP\/\d\.\d +(\d{3})/.exec(start)?.[1])
  return status > 0 ? { status, headers: parseHeaderFields(lines), rest: Buffer.from(text.subarray(end + 4)) } : 'none'
}

const MAX_HEAD_BYTES = 16 * 1024

function noHttp(authority: string): AtalayaError {
  return new AtalayaError(
    'protocol_error',
    `What answers at ${authority} does not speak HTTP: name the port of the camera's web pages in its URL, or take out transport: http.`,
  )
}
