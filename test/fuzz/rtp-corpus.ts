import { packetize } from '../fake-camera/packetizer.ts'
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

interface Payload {
  readonly payload: Buffer
  readonly marker: boolean
}

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

/** RFC 7798: parameter sets in an aggregate, large units in fragments. */
function packetizeH265(unit: readonly Buffer[], payloadBytes: number): Payload[] {
  const isSet = (nal: Buffer) => nal.readUInt8(0) >> 1 >= 32 && nal.readUInt8(0) >> 1 <= 34
  const sets = unit.filter(isSet)
  const sized = sets.flatMap((nal) => [Buffer.of(nal.length >> 8, nal.length & 255), nal])
  const others = unit
    .filter((nal) => !isSet(nal))
    .flatMap((nal) => (nal.length > payloadBytes ? fragments(nal, payloadBytes) : [nal]))
  const payloads = [...(sets.length > 0 ? [Buffer.concat([Buffer.of(48 << 1, 1), ...sized])] : []), ...others]
  return payloads.map((payload, i) => ({ payload, marker: i === payloads.length - 1 }))
}

function fragments(nal: Buffer, payloadBytes: number): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 2; at < nal.length; at += payloadBytes) {
    const end = Math.min(nal.length, at + payloadBytes)
    const flags = (at === 2 ? 0x80 : 0) | (end === nal.length ? 0x40 : 0)
    pieces.push(Buffer.concat([Buffer.of(49 << 1, nal.readUInt8(1), flags | (nal.readUInt8(0) >> 1)), nal.subarray(at, end)]))
  }
  return pieces
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
