import type { Micros } from '../media/time.ts'
import type { AccessUnit } from './access-units.ts'
import type { Depacketizer } from './depacketizer.ts'
import { jpegHead, quantizationTables } from './jpeg-head.ts'
import type { RtpPacket } from './rtp-packet.ts'

/** Puts JPEG pictures together again (RFC 2435): the packets hold the scan, and just so much that the headers can be made anew. */
export class JpegDepacketizer implements Depacketizer {
  readonly #pass: (unit: AccessUnit) => void
  readonly #size: { readonly width: number; readonly height: number } | undefined
  #picture: { readonly timestamp: number; readonly arrival: Micros; readonly pieces: Buffer[]; offset: number } | undefined
  /** The tables that the camera has sent, by Q: it may send them once only. */
  readonly #tables = new Map<number, Buffer>()
  #malformed = 0
  #dropped = 0
  #isStarted = false
  /** The timestamp of the picture that was dropped last. */
  #droppedLast: number | undefined

  /**
   * @param pass takes each picture, within the call that completes it.
   * @param size of pictures that are too large for the header's bytes (above 2040 pixels), as the session description tells it.
   */
  constructor(pass: (unit: AccessUnit) => void, size?: { readonly width: number; readonly height: number }) {
    this.#pass = pass
    this.#size = size
  }

  get malformed(): number {
    return this.#malformed
  }

  get dropped(): number {
    return this.#dropped
  }

  lose(): void {
    if (this.#picture) this.#drop(this.#picture.timestamp)
    this.#picture = undefined
  }

  #drop(timestamp: number): void {
    this.#dropped++
    this.#droppedLast = timestamp
  }

  accept({ payload, timestamp, marker }: RtpPacket, arrival: Micros): void {
    if (this.#picture && this.#picture.timestamp !== timestamp) this.lose()
    if (!this.#add(payload, timestamp, arrival)) {
      this.#malformed++
      this.lose()
    }
    if (marker) this.#finish()
  }

  /** Section 3.1. */
  #add(payload: Buffer, timestamp: number, arrival: Micros): boolean {
    if (payload.length < MAIN_HEADER_BYTES) return false
    const offset = payload.readUIntBE(1, 3)
    const type = payload.readUInt8(4)
    const q = payload.readUInt8(5)
    if ((type & ~RESTARTS) > 1) return false
    let at = MAIN_HEADER_BYTES
    const restartInterval = type & RESTARTS && payload.length >= at + 4 ? payload.readUInt16BE(at) : 0
    if (type & RESTARTS) at += 4
    if (offset === 0) {
      const tables = q >= IN_BAND ? this.#readTables(payload, at, q) : { tables: quantizationTables(q), end: at }
      if (!tables?.tables || q === 0 || (q > 99 && q < IN_BAND)) return false
      at = tables.end
      const size = {
        width: payload.readUInt8(6) * 8 || (this.#size?.width ?? 0),
        height: payload.readUInt8(7) * 8 || (this.#size?.height ?? 0),
      }
      if (size.width === 0 || size.height === 0) return false
      this.lose()
      const head = jpegHead({ ...size, subsampling: type & 1 ? '4:2:0' : '4:2:2', tables: tables.tables, restartInterval })
      this.#picture = { timestamp, arrival, pieces: [head], offset: 0 }
    }
    if (!this.#picture) {
      // Its beginning was lost; before the first picture that was none of ours.
      if (this.#isStarted && timestamp !== this.#droppedLast) this.#drop(timestamp)
      return true
    }
    if (this.#picture.offset !== offset || offset + payload.length > MAX_PICTURE_BYTES) return false
    const piece = Buffer.from(payload.subarray(at))
    this.#picture.pieces.push(piece)
    this.#picture.offset += piece.length
    return true
  }

  /** Section 3.1.8: a length of zero means the tables that came before under the same Q. */
  #readTables(payload: Buffer, at: number, q: number): { tables: Buffer | undefined; end: number } | undefined {
    if (payload.length < at + 4) return undefined
    const precision = payload.readUInt8(at + 1)
    const length = payload.readUInt16BE(at + 2)
    const end = at + 4 + length
    if (precision !== 0 || end > payload.length) return undefined
    if (length === 0) return { tables: this.#tables.get(q), end }
    if (length < 64) return undefined
    const sent = payload.subarray(at + 4, end)
    const tables = Buffer.concat([sent.subarray(0, 64), length >= 128 ? sent.subarray(64, 128) : sent.subarray(0, 64)])
    if (q < VARYING) this.#tables.set(q, tables)
    return { tables, end }
  }

  #finish(): void {
    const picture = this.#picture
    this.#picture = undefined
    if (!picture || picture.offset === 0) return
    this.#isStarted = true
    const last = picture.pieces.at(-1)
    const isEnded = last !== undefined && last.length >= 2 && last.readUInt16BE(last.length - 2) === EOI
    const data = Buffer.concat(isEnded ? picture.pieces : [...picture.pieces, END_OF_IMAGE])
    const { timestamp, arrival } = picture
    this.#pass({ data, keyframe: true, timestamp, arrival, description: data, isBidirectional: false })
  }
}

const MAIN_HEADER_BYTES = 8
/** Types from 64 on have a restart marker header. */
const RESTARTS = 0x40
/** From this Q on the tables are in the first packet. */
const IN_BAND = 128
/** Tables under this Q may change with every picture. */
const VARYING = 255
const EOI = 0xffd9
const END_OF_IMAGE = Buffer.from([0xff, 0xd9])
const MAX_PICTURE_BYTES = 8 * 1024 * 1024
