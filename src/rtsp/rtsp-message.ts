/** Header fields by their names in lower case, every value of a field in order. */
export type RtspHeaders = ReadonlyMap<string, readonly string[]>

/** An answer (RFC 2326 section 7). */
export interface RtspResponse {
  readonly kind: 'response'
  readonly status: number
  readonly reason: string
  readonly headers: RtspHeaders
  readonly body: Buffer
}

/** A request (RFC 2326 section 6); cameras send a few to their clients. */
export interface RtspRequest {
  readonly kind: 'request'
  readonly method: string
  readonly uri: string
  readonly headers: RtspHeaders
  readonly body: Buffer
}

export type RtspMessage = RtspResponse | RtspRequest

/** What a message begins with, its body still outstanding. */
export type RtspHead = Omit<RtspResponse, 'body'> | Omit<RtspRequest, 'body'>

/**
 * Reads the start line and the header fields, without the empty line that ends them; undefined when the first line is none of
 * RTSP. Lines that are no header field are passed over, and so is all beyond 255 of them.
 */
export function parseRtspHead(text: string): RtspHead | undefined {
  const lineEnd = text.indexOf('\n')
  const start = (lineEnd < 0 ? text : text.slice(0, lineEnd)).replace(/\r$/, '')
  const status = /^RTSP\/\d\.\d +(\d{3})(?: +(.*))?$/.exec(start)
  const request = status ? null : /^([A-Z_]+) +(\S+) +RTSP\/\d\.\d *$/.exec(start)
  if (!status && !request) return undefined
  const headers = parseHeaderFields(text.split(/\r?\n/, MAX_LINES).slice(1))
  if (status) return { kind: 'response', status: Number(status[1]), reason: (status[2] ?? '').trim(), headers }
  return request ? { kind: 'request', method: request[1] ?? '', uri: request[2] ?? '', headers } : undefined
}

/** Reads header fields, a line each; what is none is passed over. */
export function parseHeaderFields(lines: readonly string[]): RtspHeaders {
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const field = /^([^\s:]+)\s*:(.*)$/.exec(line)
    if (!field?.[1]) continue
    const name = field[1].toLowerCase()
    const values = headers.get(name)
    const value = (field[2] ?? '').trim()
    if (values) values.push(value)
    else headers.set(name, [value])
  }
  return headers
}

/** A request as it goes on the wire. The names are sent as they are spelled: some cameras only know `CSeq`. */
export function formatRtspRequest(method: string, uri: string, headers: Readonly<Record<string, string>>): string {
  return formatMessage(`${method} ${uri} RTSP/1.0`, headers)
}

/** An answer without a body, to a camera that asked something. */
export function formatRtspResponse(status: number, reason: string, headers: Readonly<Record<string, string>>): string {
  return formatMessage(`RTSP/1.0 ${status} ${reason}`, headers)
}

/** The first value of a header field; `name` in lower case. */
export function headerOf(headers: RtspHeaders, name: string): string | undefined {
  return headers.get(name)?.[0]
}

const MAX_LINES = 256

/** Line breaks inside a value would let a camera's own words become header fields. */
function formatMessage(start: string, headers: Readonly<Record<string, string>>): string {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value.replace(/[\r\n]+/g, ' ')}\r\n`)
  return `${start.replace(/[\r\n]+/g, ' ')}\r\n${fields.join('')}\r\n`
}
