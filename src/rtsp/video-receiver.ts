import { H264_SYNTAX } from '../media/h264-syntax.ts'
import { H265_SYNTAX } from '../media/h265-syntax.ts'
import type { NalSyntax } from '../media/nal-syntax.ts'
import type { VideoCodec } from '../media/packet.ts'
import { type Micros, now } from '../media/time.ts'
import { type AccessUnit, AccessUnits } from './access-units.ts'
import { DamageWatch } from './damage-watch.ts'
import type { Depacketizer } from './depacketizer.ts'
import { H264Depacketizer } from './h264-depacketizer.ts'
import { H265Depacketizer } from './h265-depacketizer.ts'
import { JpegDepacketizer } from './jpeg-depacketizer.ts'
import { parseSenderReports } from './rtcp.ts'
import { RtpClock, type RtpTime } from './rtp-clock.ts'
import { parseRtpPacket } from './rtp-packet.ts'
import { RtpReception } from './rtp-reception.ts'
import { readParameterSets, type VideoOffer } from './video-offer.ts'

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

/** Makes dated access units of one video track's RTP and RTCP packets. */
export class VideoReceiver {
  readonly #payloadType: number
  readonly #ssrc = Math.floor(Math.random() * 2 ** 32)
  readonly #depacketizer: Depacketizer
  readonly #reception: RtpReception
  readonly #clock: RtpClock
  readonly #damage: DamageWatch
  #cameraClockOffsetMs: number | undefined

  /**
   * @param pass takes each access unit, synchronously with the last packet that completes it.
   * @param onDamaged told of each group of pictures that lost packets.
   */
  constructor(
    offer: VideoOffer,
    pass: (unit: AccessUnit, time: RtpTime) => void,
    onDamaged: (at: Micros) => void = () => undefined,
  ) {
    const { payloadType, clockRate } = offer.format
    this.#payloadType = payloadType
    this.#reception = new RtpReception(clockRate)
    this.#clock = new RtpClock(clockRate)
    this.#damage = new DamageWatch(onDamaged)
    const order = new PictureOrder(offer.codec)
    this.#depacketizer = openDepacketizer(offer, (unit) => {
      if (unit.keyframe) this.#damage.repaired()
      pass(unit, this.#clock.date(unit.timestamp, unit.arrival, order.reorderedBy(unit)))
    })
  }

  get counts(): ReceptionCounts {
    return {
      packetsLost: this.#reception.packetsLost,
      packetsMalformed: this.#depacketizer.malformed,
      unitsDropped: this.#depacketizer.dropped,
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
    if (continuity !== 'next') this.#depacketizer.lose()
    if (continuity === 'gap') this.#damage.lost(arrival)
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

/** How far the pictures of a stream are from the order in which they are shown; read again only when its description changes. */
class PictureOrder {
  readonly #syntax: NalSyntax | undefined
  #description: Buffer | undefined
  #isBidirectional = false
  #reordered = 0

  constructor(codec: VideoCodec) {
    this.#syntax = SYNTAXES[codec]
  }

  reorderedBy({ description, isBidirectional }: AccessUnit): number {
    if (!this.#syntax) return 0
    const isNews = description !== this.#description || (isBidirectional && !this.#isBidirectional)
    this.#description = description
    this.#isBidirectional ||= isBidirectional
    if (isNews) this.#reordered = this.#syntax.reorderedBy(description, this.#isBidirectional)
    return this.#reordered
  }
}

const SYNTAXES = { h264: H264_SYNTAX, h265: H265_SYNTAX, jpeg: undefined } as const

function openDepacketizer(offer: VideoOffer, pass: (unit: AccessUnit) => void): Depacketizer {
  if (offer.codec === 'jpeg') return new JpegDepacketizer(pass, offer.frameSize)
  const units = new AccessUnits(SYNTAXES[offer.codec], pass)
  for (const set of readParameterSets(offer)) units.addParameterSet(set)
  return offer.codec === 'h265' ? new H265Depacketizer(units) : new H264Depacketizer(units)
}
