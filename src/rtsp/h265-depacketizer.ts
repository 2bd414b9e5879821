import { h265NalType } from '../media/h265.ts'
import type { Micros } from '../media/time.ts'
import type { AccessUnits } from './access-units.ts'
import type { Depacketizer } from './depacketizer.ts'
import type { RtpPacket } from './rtp-packet.ts'

/** Takes the NAL units out of RTP packets: single ones, aggregated ones (AP) and fragmented ones (FU), RFC 7798 section 4.4. */
export class H265Depacketizer implements Depacketizer {
  readonly #units: AccessUnits
  #malformed = 0

  constructor(units: AccessUnits) {
    this.#units = units
  }

  get malformed(): number {
    return this.#malformed
  }

  get dropped(): number {
    return this.#units.dropped
  }

  lose(): void {
    this.#units.lose()
  }

  accept(packet: RtpPacket, arrival: Micros): void {
    this.#units.beginPacket(packet.timestamp, arrival)
    if (packet.payload.length > 0 && !this.#unpack(packet.payload)) {
      this.#malformed++
      this.#units.lose()
    }
    this.#units.endPacket(packet.marker)
  }

  #unpack(payload: Buffer): boolean {
    if (payload.length <= HEADER_BYTES) return false
    const type = h265NalType(payload.readUInt8(0))
    if (type < AGGREGATION) return this.#nal(payload)
    if (type === AGGREGATION) return this.#aggregate(payload.subarray(HEADER_BYTES))
    return type === FRAGMENT && payload.length > HEADER_BYTES + 1 && this.#fragment(payload)
  }

  #nal(nal: Buffer): boolean {
    this.#units.beginNal(nal.subarray(0, HEADER_BYTES), nal.subarray(HEADER_BYTES))
    this.#units.endNal()
    return true
  }

  /** Section 4.4.2. */
  #aggregate(rest: Buffer): boolean {
    let at = 0
    while (at + 2 < rest.length) {
      const end = at + 2 + rest.readUInt16BE(at)
      if (end > rest.length) return false
      if (end > at + 2 + HEADER_BYTES) this.#nal(rest.subarray(at + 2, end))
      at = end
    }
    return at > 0
  }

  /** Section 4.4.3: the type of the NAL unit stands in the FU header, the rest of its header in that of the payload. */
  #fragment(payload: Buffer): boolean {
    const [first = 0, second = 0, fuHeader = 0] = payload
    const bytes = payload.subarray(HEADER_BYTES + 1)
    if (fuHeader & START) this.#units.beginNal(Uint8Array.of((first & 0x81) | ((fuHeader & 0x3f) << 1), second), bytes)
    else this.#units.append(bytes)
    if (fuHeader & END) this.#units.endNal()
    return true
  }
}

const HEADER_BYTES = 2
const AGGREGATION = 48
const FRAGMENT = 49
const START = 0x80
const END = 0x40
