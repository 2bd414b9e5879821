import { H264ParameterSets } from '../media/h264-parameter-sets.ts'
import { now } from '../media/time.ts'
import { type H264AccessUnit, H264AccessUnits } from './h264-access-units.ts'
import { H264Depacketizer } from './h264-depacketizer.ts'
import { parseSenderReports } from './rtcp.ts'
import { RtpClock, type RtpTime } from './rtp-clock.ts'
import { parseRtpPacket } from './rtp-packet.ts'
import { RtpReception } from './rtp-reception.ts'
import type { SdpFormat } from './sdp.ts'
import { readParameterSets } from './video-offer.ts'

/** What happened on the way of a stream, counted since the connection began. */
export interface ReceptionCounts {
  /** RTP packets that never came. */
  readonly packetsLost: number
  /** RTP packets that are not what their payload format describes. */
  readonly packetsMalformed: number
  /** Pictures dropped after a loss, up to the next keyframe. */
  readonly unitsDropped: number
  /** Breaks in the camera's time line. */
  readonly clockJumps: number
  /** How far the camera's wall clock is ahead of ours, in milliseconds; undefined before its first sender report. */
  readonly cameraClockOffsetMs: number | undefined
}

/** Makes dated access units of one H.264 track's RTP and RTCP packets. */
export class H264Receiver {
  readonly #payloadType: number
  readonly #ssrc = Math.floor(Math.random() * 2 ** 32)
  readonly #sets = new H264ParameterSets()
  readonly #units: H264AccessUnits
  readonly #depacketizer: H264Depacketizer
  readonly #reception: RtpReception
  readonly #clock: RtpClock
  #cameraClockOffsetMs: number | undefined

  /** @param pass takes each access unit, synchronously with the last packet that completes it. */
  constructor(format: SdpFormat, pass: (unit: H264AccessUnit, time: RtpTime) => void) {
    this.#payloadType = format.payloadType
    for (const set of readParameterSets(format)) this.#sets.add(set)
    this.#reception = new RtpReception(format.clockRate)
    this.#clock = new RtpClock(format.clockRate)
    this.#units = new H264AccessUnits(this.#sets, (unit) => pass(unit, this.#clock.date(unit.timestamp, unit.arrival)))
    this.#depacketizer = new H264Depacketizer(this.#units)
  }

  get counts(): ReceptionCounts {
    return {
      packetsLost: this.#reception.packetsLost,
      packetsMalformed: this.#depacketizer.malformed,
      unitsDropped: this.#units.dropped,
      clockJumps: this.#clock.jumps,
      cameraClockOffsetMs: this.#cameraClockOffsetMs,
    }
  }

  /** Takes an RTP packet; its bytes are copied. Packets of other payload types and repeated ones are passed over. */
  rtp(data: Buffer): void {
    const packet = parseRtpPacket(data)
    if (packet?.payloadType !== this.#payloadType) return
    const arrival = now()
    const continuity = this.#reception.accept(packet, arrival)
    if (continuity === 'duplicate') return
    if (continuity !== 'next') this.#units.lose()
    if (continuity === 'new-sender') this.#clock.restart(arrival)
    this.#depacketizer.accept(packet, arrival)
  }

  /** Takes an RTCP packet. */
  rtcp(data: Buffer): void {
    for (const report of parseSenderReports(data)) {
      this.#reception.senderReport(report, now())
      this.#cameraClockOffsetMs = Math.round(report.epochMs - Date.now())
    }
  }

  /** The receiver report that is due now; undefined before the first packet. */
  receiverReport(): Buffer | undefined {
    return this.#reception.report(this.#ssrc, now())
  }
}
