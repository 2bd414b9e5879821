import type { Micros } from '../media/time.ts'
import type { RtpPacket } from './rtp-packet.ts'

/** Makes access units of the RTP packets of one payload format. */
export interface Depacketizer {
  /** Takes the next packet; the payload is copied. `lose()` is to be called first where packets are missing. */
  accept(packet: RtpPacket, arrival: Micros): void
  /** Packets are missing before the next one. */
  lose(): void
  /** Packets that are not what the payload format describes. */
  readonly malformed: number
  /** Access units dropped after a loss, from the damaged one up to the next keyframe. */
  readonly dropped: number
}
