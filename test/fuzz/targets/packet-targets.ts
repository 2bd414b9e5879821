import { micros } from '../../../src/media/time.ts'
import { ReorderWindow } from '../../../src/rtsp/reorder-window.ts'
import { encodeReceiverReport, parseSenderReports } from '../../../src/rtsp/rtcp.ts'
import { RtpClock } from '../../../src/rtsp/rtp-clock.ts'
import { parseRtpPacket } from '../../../src/rtsp/rtp-packet.ts'
import { RtpReception } from '../../../src/rtsp/rtp-reception.ts'
import { type FuzzTarget, insist } from '../fuzz-target.ts'
import { splitPackets } from '../packet-list.ts'
import { H264_STREAMS } from '../rtp-corpus.ts'

const REPORT = encodeReceiverReport(7, {
  ...{ ssrc: 1, fractionLost: 3, packetsLost: 9, highestSequence: 70_000, jitter: 12, lastReport: 1, delay: 65_536 },
})
const SENDER_REPORT = Buffer.from('80c80006123456780011223344556677000151800000006400002710', 'hex')

/** The packets themselves, whatever they carry. */
export const PACKET_TARGETS: readonly FuzzTarget[] = [
  {
    name: 'rtp',
    corpus: H264_STREAMS,
    shape: 'packets',
    limit: 64 * 1024,
    run(input, endTurn) {
      const reception = new RtpReception(90_000)
      const clock = new RtpClock(90_000)
      let last = Number.NEGATIVE_INFINITY
      let arrival = 1_000_000
      const window = new ReorderWindow((data) => {
        const packet = parseRtpPacket(data)
        if (!packet) return
        insist(packet.payload.length <= data.length - 12, 'a payload longer than its packet')
        arrival += 10_000
        const at = micros(arrival)
        if (reception.accept(packet, at) === 'new-sender') clock.restart(at)
        const { pts, dts, capturedAt } = clock.date(packet.timestamp, at, input.length % 5)
        insist(
          dts > last && pts >= dts && capturedAt <= at && Number.isInteger(pts + dts + capturedAt),
          'time runs backwards or ahead',
        )
        last = dts
      })
      for (const packet of splitPackets(input)) {
        window.push(packet)
        endTurn()
      }
      window.close()
      reception.report(1, micros(arrival))
    },
  },
  {
    name: 'rtcp',
    corpus: [SENDER_REPORT, REPORT, Buffer.concat([SENDER_REPORT, REPORT.subarray(32)])],
    shape: 'bytes',
    limit: 64 * 1024,
    run(input) {
      const reception = new RtpReception(90_000)
      const header = { payloadType: 96, marker: true, sequence: 1, timestamp: 0, payload: Buffer.alloc(0) }
      for (const report of parseSenderReports(input)) {
        insist(Number.isFinite(report.epochMs), 'a clock without a time')
        reception.accept({ ...header, ssrc: report.ssrc }, micros(1))
        reception.senderReport(report, micros(1))
        reception.report(1, micros(2))
      }
    },
  },
]
