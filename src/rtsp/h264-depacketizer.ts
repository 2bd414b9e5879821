import type { Micros } from '../media/time.ts'
import type { AccessUnits } from './access-units.ts'
import type { Depacketizer } from './depacketizer.ts'
import type { RtpPacket } from './rtp-packet.ts'

/** Takes the NAL units out of RTP packets: single ones, aggregated ones (STAP-A) and fragmented ones (FU-A), RFC 6184 section 5. */
export class H264Depacketizer implements Depacketizer {
  readonly #units: AccessUnits
  #malformed = 0

  constructor(units: AccessUnits) {
    this.#units = units
  }

  /** Packets that are not what RFC 6184 describes, or of the interleaved mode, which no camera was seen to use. */
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
    const header = payload.readUInt8(0)
    const type = header & 0x1f
    if (type >= 1 && type <= 23) return this.#nal(payload)
    if (type === STAP_A) return this.#aggregate(payload.subarray(1))
    if (type === FU_A && payload.length > 2) return this.#fragment(header, payload.readUInt8(1), payload.subarray(2))
    return false
  }

  #nal(nal: Buffer): boolean {
    this.#units.beginNal(nal.subarray(0, 1), nal.subarray(1))
    this.#units.endNal()
    return true
  }

  /** Section 5.7.1. */
  #aggregate(rest: Buffer): boolean {
    let at = 0
    while (at + 2 < rest.length) {
      const end = at + 2 + rest.readUInt16BE(at)
      if (end > rest.length) return false
      if (end > at + 2) this.#nal(rest.subarray(at + 2, end))
      at = end
    }
    return at > 0
  }

  /** Section 5.8: the NAL unit's header is spread over the indicator and the FU header. */
  #fragment(indicator: number, fuHeader: number, bytes: Buffer): boolean {
    if (fuHeader & START) this.#units.beginNal(Uint8Array.of((indicator & 0xe0) | (fuHeader & 0x1f)), bytes)
    else this.#units.append(bytes)
    if (fuHeader & END) this.#units.endNal()
    return true
  }
}

const STAP_A = 24
const FU_A = 28
const START = 0x80
const END = 0x40
