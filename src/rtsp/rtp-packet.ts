/** One RTP packet (RFC 3550 section 5.1). */
export interface RtpPacket {
  readonly payloadType: number
  readonly marker: boolean
  /** 16 bits. */
  readonly sequence: number
  /** 32 bits, in units of the payload's clock rate. */
  readonly timestamp: number
  readonly ssrc: number
  /** A view of the bytes that were parsed: contributing sources, extension and padding are taken off. */
  readonly payload: Buffer
}

/** Reads an RTP packet; undefined when it is none or its lengths contradict each other. */
export function parseRtpPacket(data: Buffer): RtpPacket | undefined {
  if (data.length < HEADER_BYTES || readVersion(data) !== 2) return undefined
  const flags = data.readUInt8(0)
  let begin = HEADER_BYTES + (flags & 0x0f) * 4
  if (flags & EXTENSION) {
    if (begin + 4 > data.length) return undefined
    begin += 4 + data.readUInt16BE(begin + 2) * 4
  }
  const padding = flags & PADDING ? data.readUInt8(data.length - 1) : 0
  const end = data.length - padding
  if (begin > end || (flags & PADDING && padding === 0)) return undefined
  return {
    payloadType: data.readUInt8(1) & 0x7f,
    marker: (data.readUInt8(1) & MARKER) !== 0,
    sequence: data.readUInt16BE(2),
    timestamp: data.readUInt32BE(4),
    ssrc: data.readUInt32BE(8),
    payload: data.subarray(begin, end),
  }
}

/** The version field that RTP and RTCP share; 2 in all that exists. */
export function readVersion(data: Buffer): number {
  return (data[0] ?? 0) >> 6
}

const HEADER_BYTES = 12
const PADDING = 0x20
const EXTENSION = 0x10
const MARKER = 0x80
