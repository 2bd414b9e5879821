import { packetizeH265 } from '../fake-camera/h265-packetizer.ts'
import { type Payload, packetize } from '../fake-camera/packetizer.ts'
import { H264_CLIPS, H265_CLIPS, JPEGS } from './corpus.ts'
import { joinPackets } from './packet-list.ts'

/** Streams of RTP packets, payload type 96: with fragments, with aggregates, and with neither. */
export const H264_STREAMS: readonly Buffer[] = H264_CLIPS.flatMap((units) =>
  [
    { payloadBytes: 40, aggregate: true },
    { payloadBytes: 1400, delimiters: true },
    { payloadBytes: 1400, markers: 'every-slice' },
    { payloadBytes: 24, markers: 'never' },
  ].map((style) => stream(units.map((unit) => packetize(unit, style as Parameters<typeof packetize>[1])))),
)

export const H265_STREAMS: readonly Buffer[] = H265_CLIPS.flatMap((units) =>
  [30, 1400].map((payloadBytes) => stream(units.map((unit) => packetizeH265(unit, payloadBytes)))),
)

/** RFC 2435: with tables of a quality, with tables of its own, and with a restart interval. */
export const JPEG_STREAMS: readonly Buffer[] = JPEGS.flatMap((jpeg) =>
  [Buffer.of(1, 50), Buffer.of(0, 255), Buffer.of(65, 200)].map((fields) =>
    stream([packetizeJpeg(jpeg, fields), packetizeJpeg(jpeg, fields)]),
  ),
)

/** An access unit each 40 ms. */
export function stream(units: readonly (readonly Payload[])[], payloadType = 96): Buffer {
  let sequence = 0xfff0
  const packets = units.flatMap((unit, i) =>
    unit.map(({ payload, marker }) => {
      const header = Buffer.alloc(12)
      header.writeUInt8(0x80, 0)
      header.writeUInt8((marker ? 0x80 : 0) | payloadType, 1)
      header.writeUInt16BE(sequence++ & 0xffff, 2)
      header.writeUInt32BE((0xffff_f000 + i * 3600) >>> 0, 4)
      header.writeUInt32BE(0x1234_5678, 8)
      return Buffer.concat([header, payload])
    }),
  )
  return joinPackets(packets)
}

function packetizeJpeg(jpeg: Buffer, fields: Buffer): Payload[] {
  const begin = jpeg.indexOf(Buffer.of(0xff, 0xda))
  const scan = jpeg.subarray(begin + 2 + jpeg.readUInt16BE(begin + 2))
  const payloads: Buffer[] = []
  for (let at = 0; at < scan.length; at += 200) {
    const head = Buffer.from([0, 0, at >> 8, at & 255, ...fields, 8, 6])
    const restarts = (fields[0] ?? 0) >= 64 ? [Buffer.of(0, 4, 0xff, 0xff)] : []
    const tables = at === 0 && (fields[1] ?? 0) > 127 ? [Buffer.of(0, 0, 0, 128), Buffer.alloc(128, 16)] : []
    payloads.push(Buffer.concat([head, ...restarts, ...tables, scan.subarray(at, at + 200)]))
  }
  return payloads.map((payload, i) => ({ payload, marker: i === payloads.length - 1 }))
}
