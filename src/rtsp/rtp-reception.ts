import type { Micros } from '../media/time.ts'
import { encodeReceiverReport, type SenderReport } from './rtcp.ts'
import type { RtpPacket } from './rtp-packet.ts'

/** The account of one RTP stream as it arrives: gaps in the sequence, jitter, and what a receiver report says (RFC 3550 appendix A). */
export class RtpReception {
  readonly #clockRate: number
  #ssrc: number | undefined
  #first = 0
  #highest = 0
  #received = 0
  #jitter = 0
  #lastTransit: number | undefined
  #lastReport: { report: SenderReport; at: Micros } | undefined
  #atPreviousReport = { expected: 0, received: 0 }
  #lost = 0

  constructor(clockRate: number) {
    this.#clockRate = clockRate
  }

  /** Packets that never came, all senders of this connection together. */
  get packetsLost(): number {
    return this.#lost
  }

  /** Whether the packet directly follows the one before; the first one of a sender does not follow anything. */
  accept(packet: RtpPacket, arrival: Micros): 'next' | 'gap' | 'duplicate' | 'new-sender' {
    if (packet.ssrc !== this.#ssrc) return this.#begin(packet)
    const step = ((packet.sequence - this.#highest) << 16) >> 16
    if (step <= 0 && step > -MAX_LATE) return 'duplicate'
    // A long way back is a camera that restarted its numbers without a new SSRC; over TCP nothing is ever merely late.
    if (step <= 0) return this.#begin(packet)
    this.#measureJitter(packet, arrival)
    this.#received++
    this.#highest += step
    this.#lost += step - 1
    return step === 1 ? 'next' : 'gap'
  }

  /** Remembers a sender report, for the receiver reports to refer to it. */
  senderReport(report: SenderReport, at: Micros): void {
    if (report.ssrc === this.#ssrc) this.#lastReport = { report, at }
  }

  /** The receiver report that is due now, from the receiver `ssrc`; undefined before the first packet. */
  report(ssrc: number, at: Micros): Buffer | undefined {
    if (this.#ssrc === undefined) return undefined
    const expected = this.#highest - this.#first + 1
    const newlyExpected = expected - this.#atPreviousReport.expected
    const newlyLost = newlyExpected - (this.#received - this.#atPreviousReport.received)
    this.#atPreviousReport = { expected, received: this.#received }
    return encodeReceiverReport(ssrc, {
      ssrc: this.#ssrc,
      fractionLost: newlyExpected > 0 && newlyLost > 0 ? Math.min(255, Math.floor((newlyLost * 256) / newlyExpected)) : 0,
      packetsLost: expected - this.#received,
      highestSequence: this.#highest,
      jitter: this.#jitter,
      lastReport: this.#lastReport?.report.compactNtp ?? 0,
      delay: this.#lastReport ? ((at - this.#lastReport.at) / 1_000_000) * 65_536 : 0,
    })
  }

  #begin(packet: RtpPacket): 'new-sender' {
    this.#ssrc = packet.ssrc
    this.#first = packet.sequence
    this.#highest = packet.sequence
    this.#received = 1
    this.#jitter = 0
    this.#lastTransit = undefined
    this.#lastReport = undefined
    this.#atPreviousReport = { expected: 0, received: 0 }
    return 'new-sender'
  }

  /** Appendix A.8. */
  #measureJitter(packet: RtpPacket, arrival: Micros): void {
    const transit = ((arrival / 1_000_000) * this.#clockRate - packet.timestamp) % 2 ** 32
    const change = Math.abs(transit - (this.#lastTransit ?? transit))
    this.#lastTransit = transit
    if (change < 2 ** 31) this.#jitter += (change - this.#jitter) / 16
  }
}

/** Repeats of a packet come at most so many numbers late. */
const MAX_LATE = 100
