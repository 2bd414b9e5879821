import { now } from '../media/time.ts'
import { type AudioDepacketizer, type AudioFrame, openAudioDepacketizer } from './audio-depacketizer.ts'
import type { AudioOffer } from './audio-offer.ts'
import type { TrackReceiver } from './media-path.ts'
import { parseSenderReports } from './rtcp.ts'
import { RtpClock, type RtpTime } from './rtp-clock.ts'
import { parseRtpPacket } from './rtp-packet.ts'
import { RtpReception } from './rtp-reception.ts'

/** Makes dated frames of one audio track's RTP packets. */
export class AudioReceiver implements TrackReceiver {
  readonly #payloadType: number
  readonly #ssrc = Math.floor(Math.random() * 2 ** 32)
  readonly #depacketizer: AudioDepacketizer
  readonly #reception: RtpReception
  readonly #clock: RtpClock
  readonly #pass: (frame: AudioFrame, time: RtpTime) => void

  /** @param pass takes each frame, whose bytes are only valid during the call. */
  constructor(offer: AudioOffer, pass: (frame: AudioFrame, time: RtpTime) => void) {
    const { payloadType, clockRate } = offer.format
    this.#payloadType = payloadType
    this.#reception = new RtpReception(clockRate)
    this.#clock = new RtpClock(clockRate)
    this.#depacketizer = openAudioDepacketizer(offer)
    this.#pass = pass
  }

  rtp(data: Buffer): void {
    const packet = parseRtpPacket(data)
    if (packet?.payloadType !== this.#payloadType) return
    const arrival = now()
    const continuity = this.#reception.accept(packet, arrival)
    if (continuity === 'duplicate') return
    if (continuity !== 'next') this.#depacketizer.lose()
    if (continuity === 'new-sender') this.#clock.restart(arrival)
    for (const frame of this.#depacketizer.accept(packet)) this.#pass(frame, this.#clock.date(frame.timestamp, arrival))
  }

  rtcp(data: Buffer): void {
    for (const report of parseSenderReports(data)) this.#reception.senderReport(report, now())
  }

  receiverReport(): Buffer | undefined {
    return this.#reception.report(this.#ssrc, now())
  }
}
