import type { Payload } from './packetizer.ts'

/** The RTP payloads of one baseline JPEG of 4:2:0 (RFC 2435), its quantization tables in the first. */
export function packetizeJpeg(jpeg: Buffer, payloadBytes: number): Payload[] {
  const { width, height, tables, scan } = takeApart(jpeg)
  const payloads: Buffer[] = []
  for (let at = 0; at < scan.length; at += payloadBytes) {
    const head = Buffer.of(0, at >> 16, (at >> 8) & 255, at & 255, TYPE_420, OWN_TABLES, width >> 3, height >> 3)
    const first = at === 0 ? [Buffer.of(0, 0, 0, tables.length), tables] : []
    payloads.push(Buffer.concat([head, ...first, scan.subarray(at, at + payloadBytes)]))
  }
  return payloads.map((payload, i) => ({ payload, marker: i === payloads.length - 1 }))
}

const TYPE_420 = 1
const OWN_TABLES = 255

function takeApart(jpeg: Buffer) {
  const tables: Buffer[] = []
  let [width, height] = [0, 0]
  for (let at = 2; at + 4 <= jpeg.length; ) {
    const end = at + 2 + jpeg.readUInt16BE(at + 2)
    const marker = jpeg.readUInt8(at + 1)
    if (marker === 0xdb) for (let table = at + 5; table + 64 <= end; table += 65) tables.push(jpeg.subarray(table, table + 64))
    if (marker === 0xc0) [height, width] = [jpeg.readUInt16BE(at + 5), jpeg.readUInt16BE(at + 7)]
    if (marker === 0xda) {
      const [luma = Buffer.alloc(64, 1), chroma = luma] = tables
      return { width, height, tables: Buffer.concat([luma, chroma]), scan: jpeg.subarray(end, jpeg.length - 2) }
    }
    at = end
  }
  throw new Error('the JPEG has no scan')
}
