import type { ServerResponse } from 'node:http'
import { Http2ServerResponse } from 'node:http2'

/** Answers in HTTP/1.1 and, of the same use, in HTTP/2. */
type AnyResponse = ServerResponse | Http2ServerResponse

/** HTTP/2 has none of the headers about the connection, which others share (RFC 9113 section 8.2.2). */
export const CONNECTION_HEADERS = ['connection', 'upgrade', 'keep-alive', 'transfer-encoding'] as const

/** Whether an answer shares its connection with others. */
export function isHttp2(response: object): response is Http2ServerResponse {
  return response instanceof Http2ServerResponse
}

/** Whether whoever asked has left already. */
export function isGone(response: AnyResponse): boolean {
  return isHttp2(response) ? response.stream.destroyed : response.destroyed
}

/** The headers that may go with this response. */
export function headersFor<Headers extends Readonly<Record<string, unknown>>>(
  response: object,
  headers: Headers,
): Partial<Headers> {
  if (!isHttp2(response)) return headers
  const isAllowed = ([name]: [string, unknown]) => !CONNECTION_HEADERS.some((one) => one === name.toLowerCase())
  return Object.fromEntries(Object.entries(headers).filter(isAllowed)) as Partial<Headers>
}
