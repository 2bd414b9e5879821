/** The `Session` field (RFC 2326 section 12.37). */
export interface SessionHeader {
  readonly id: string
  /** How long the session lives without a sign of life; undefined where the camera does not say. */
  readonly timeoutMs: number | undefined
}

/** Reads `Session: id;timeout=60`; undefined when there is no id. */
export function parseSession(value: string | undefined): SessionHeader | undefined {
  const id = /^[^;\s]+/.exec(value ?? '')?.[0]
  if (id === undefined) return undefined
  const seconds = Number(/;\s*timeout\s*=\s*"?(\d{1,6})/i.exec(value ?? '')?.[1] ?? 0)
  return { id, timeoutMs: seconds > 0 ? seconds * 1000 : undefined }
}

/** The channels of an interleaved `Transport` field, or the ports of another (RFC 2326 section 12.39). */
export interface InterleavedChannels {
  readonly rtp: number
  readonly rtcp: number
}

/**
 * The channels a camera gives, which need not be those it was asked for; `asked` where it names none, undefined when it chose
 * another transport than TCP.
 */
export function parseInterleaved(value: string | undefined, asked: InterleavedChannels): InterleavedChannels | undefined {
  const [, first, second] = /;\s*interleaved\s*=\s*"?(\d{1,9})(?:\s*-\s*(\d{1,9}))?/i.exec(value ?? '') ?? []
  if (first !== undefined) return { rtp: Number(first), rtcp: second === undefined ? Number(first) + 1 : Number(second) }
  return value === undefined || /^\s*RTP\/AVP\/TCP/i.test(value) ? asked : undefined
}

/** The ports that the camera sends from, of a `Transport` field for UDP; undefined where it does not say. */
export function parseServerPorts(value: string | undefined): InterleavedChannels | undefined {
  const [, first, second] = /;\s*server_port\s*=\s*"?(\d{1,5})(?:\s*-\s*(\d{1,5}))?/i.exec(value ?? '') ?? []
  const rtp = Number(first)
  const rtcp = second === undefined ? rtp + 1 : Number(second)
  return rtp > 0 && rtp < 65_536 && rtcp > 0 && rtcp < 65_536 ? { rtp, rtcp } : undefined
}

/** The methods of a `Public` field, in upper case. */
export function parsePublic(values: readonly string[] | undefined): ReadonlySet<string> {
  return new Set(
    (values ?? [])
      .flatMap((value) => value.split(/[\s,]+/))
      .filter(Boolean)
      .map((method) => method.toUpperCase()),
  )
}
