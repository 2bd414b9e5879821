import type { AudioOffer } from './audio-offer.ts'
import type { RtpPacket } from './rtp-packet.ts'

/** Takes frames of audio out of RTP packets. */
export interface AudioDepacketizer {
  /** The frames that are complete with this packet, views of its bytes or copies, and their RTP times. */
  accept(packet: RtpPacket): readonly AudioFrame[]
  /** Packets are missing before the next one. */
  lose(): void
}

export interface AudioFrame {
  readonly data: Buffer
  /** 32 bits of RTP time. */
  readonly timestamp: number
}

/** The depacketizer of the track's payload format. */
export function openAudioDepacketizer({ track, format }: AudioOffer): AudioDepacketizer {
  return track.codec === 'aac' ? new AacDepacketizer(format.parameters) : WHOLE_PAYLOADS
}

/** PCMA, PCMU and G.726 (RFC 3551 section 4.5) and Opus (RFC 7587 section 4.2): a payload is a frame. */
const WHOLE_PAYLOADS: AudioDepacketizer = {
  accept: ({ payload, timestamp }) => (payload.length > 0 ? [{ data: payload, timestamp }] : []),
  lose: () => undefined,
}

/** MPEG-4 audio in the modes AAC-hbr and AAC-lbr (RFC 3640 section 3.3): several access units in a packet, or one in several packets. */
class AacDepacketizer implements AudioDepacketizer {
  readonly #sizeBits: number
  readonly #indexBits: number
  #fragment: { readonly timestamp: number; readonly size: number; readonly pieces: Buffer[]; length: number } | undefined

  constructor(parameters: ReadonlyMap<string, string>) {
    const isLow = parameters.get('mode')?.toLowerCase() === 'aac-lbr'
    this.#sizeBits = lengthOf(parameters.get('sizelength'), isLow ? 6 : 13)
    this.#indexBits = lengthOf(parameters.get('indexlength'), isLow ? 2 : 3)
  }

  lose(): void {
    this.#fragment = undefined
  }

  accept({ payload, timestamp }: RtpPacket): readonly AudioFrame[] {
    if (payload.length < 2) return []
    const headerBits = payload.readUInt16BE(0)
    const begin = 2 + Math.ceil(headerBits / 8)
    if (begin > payload.length) return []
    const sizes = this.#readSizes(payload.subarray(2, begin), Math.floor(headerBits / (this.#sizeBits + this.#indexBits)))
    const [size = 0] = sizes
    if (sizes.length === 1 && size > payload.length - begin) return this.#join(payload.subarray(begin), size, timestamp)
    this.#fragment = undefined
    return cut(payload.subarray(begin), sizes, timestamp)
  }

  /** Section 3.2.1: sizes and indices by turns. */
  #readSizes(headers: Buffer, count: number): number[] {
    const [sizeBits, step] = [this.#sizeBits, this.#sizeBits + this.#indexBits]
    return Array.from({ length: Math.min(count, MAX_UNITS) }, (_, i) => readBits(headers, i * step, sizeBits))
  }

  /** Section 3.2.3.1: each fragment bears the size of the whole. */
  #join(piece: Buffer, size: number, timestamp: number): readonly AudioFrame[] {
    if (this.#fragment?.timestamp !== timestamp || this.#fragment.size !== size)
      this.#fragment = { timestamp, size, pieces: [], length: 0 }
    const fragment = this.#fragment
    fragment.pieces.push(Buffer.from(piece))
    fragment.length += piece.length
    if (fragment.length < size && fragment.pieces.length < MAX_UNITS) return []
    this.#fragment = undefined
    return fragment.length === size ? [{ data: Buffer.concat(fragment.pieces), timestamp }] : []
  }
}

/** Each lasts as long as the one before (section 3.2.3): 1024 samples. */
function cut(data: Buffer, sizes: readonly number[], timestamp: number): AudioFrame[] {
  const frames: AudioFrame[] = []
  let at = 0
  for (const [i, size] of sizes.entries()) {
    if (size === 0 || at + size > data.length) break
    frames.push({ data: data.subarray(at, at + size), timestamp: (timestamp + i * SAMPLES) >>> 0 })
    at += size
  }
  return frames
}

const SAMPLES = 1024
const MAX_UNITS = 64

function lengthOf(text: string | undefined, usual: number): number {
  const length = Number(text ?? usual)
  return Number.isInteger(length) && length >= 0 && length <= 16 ? length : usual
}

function readBits(bytes: Buffer, from: number, count: number): number {
  let value = 0
  for (let i = from; i < from + count; i++) value = value * 2 + (((bytes[i >> 3] ?? 0) >> (7 - (i & 7))) & 1)
  return value
}
