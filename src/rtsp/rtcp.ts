import { readVersion } from './rtp-packet.ts'

/** A sender report's account of time: one instant on the camera's wall clock and on its RTP clock (RFC 3550 section 6.4.1). */
export interface SenderReport {
  readonly ssrc: number
  /** The camera's wall clock in milliseconds since the Unix epoch; often years off. */
  readonly epochMs: number
  /** The same instant in RTP time, 32 bits. */
  readonly rtpTimestamp: number
  /** The middle 32 bits of the NTP time, which receiver reports echo. */
  readonly compactNtp: number
}

/** The sender reports of a compound RTCP packet; whatever else or damaged is in it is passed over. */
export function parseSenderReports(data: Buffer): SenderReport[] {
  const reports: SenderReport[] = []
  for (let at = 0; at + 4 <= data.length; ) {
    const end = at + 4 + data.readUInt16BE(at + 2) * 4
    if (readVersion(data.subarray(at)) !== 2 || end > data.length) break
    if (data.readUInt8(at + 1) === SENDER_REPORT && end - at >= 28) reports.push(readSenderReport(data.subarray(at, end)))
    at = end
  }
  return reports
}

/** One report block of a receiver report (RFC 3550 section 6.4.1). */
export interface ReceptionReport {
  /** Whose packets are reported on. */
  readonly ssrc: number
  /** Lost since the report before, in 256ths. */
  readonly fractionLost: number
  readonly packetsLost: number
  /** Highest sequence number with the count of its wraps in the upper 16 bits. */
  readonly highestSequence: number
  /** Interarrival jitter in RTP units. */
  readonly jitter: number
  /** `compactNtp` of the last sender report, or 0. */
  readonly lastReport: number
  /** Time since that report in 65536ths of a second. */
  readonly delay: number
}

/** A receiver report with the source description that has to go with it (RFC 3550 section 6.1). */
export function encodeReceiverReport(ssrc: number, report: ReceptionReport): Buffer {
  const data = Buffer.alloc(REPORT_BYTES + DESCRIPTION_BYTES)
  data.writeUInt8(0x81, 0)
  data.writeUInt8(RECEIVER_REPORT, 1)
  data.writeUInt16BE(REPORT_BYTES / 4 - 1, 2)
  data.writeUInt32BE(ssrc, 4)
  data.writeUInt32BE(report.ssrc, 8)
  data.writeUInt8(report.fractionLost, 12)
  data.writeIntBE(Math.max(-0x80_00_00, Math.min(report.packetsLost, 0x7f_ff_ff)), 13, 3)
  data.writeUInt32BE(report.highestSequence >>> 0, 16)
  data.writeUInt32BE(Math.round(report.jitter) >>> 0, 20)
  data.writeUInt32BE(report.lastReport, 24)
  data.writeUInt32BE(Math.round(report.delay) >>> 0, 28)
  writeDescription(data.subarray(REPORT_BYTES), ssrc)
  return data
}

const SENDER_REPORT = 200
const RECEIVER_REPORT = 201
const SOURCE_DESCRIPTION = 202
const CNAME = 1
const NAME = 'atalaya'
const REPORT_BYTES = 32
/** Header, SSRC, item header, name, and at least one zero, in whole words. */
const DESCRIPTION_BYTES = Math.ceil((4 + 4 + 2 + NAME.length + 1) / 4) * 4
/** NTP counts from 1900. */
const NTP_TO_UNIX_SECONDS = 2_208_988_800

function readSenderReport(data: Buffer): SenderReport {
  const seconds = data.readUInt32BE(8) - NTP_TO_UNIX_SECONDS
  return {
    ssrc: data.readUInt32BE(4),
    epochMs: seconds * 1000 + (data.readUInt32BE(12) / 2 ** 32) * 1000,
    rtpTimestamp: data.readUInt32BE(16),
    compactNtp: data.readUInt32BE(10),
  }
}

function writeDescription(data: Buffer, ssrc: number): void {
  data.writeUInt8(0x81, 0)
  data.writeUInt8(SOURCE_DESCRIPTION, 1)
  data.writeUInt16BE(DESCRIPTION_BYTES / 4 - 1, 2)
  data.writeUInt32BE(ssrc, 4)
  data.writeUInt8(CNAME, 8)
  data.writeUInt8(NAME.length, 9)
  data.write(NAME, 10, 'ascii')
}
