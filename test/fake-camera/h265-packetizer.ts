import type { Payload } from './packetizer.ts'

/** The RTP payloads of one access unit of H.265 (RFC 7798): parameter sets in an aggregate, large NAL units in fragments. */
export function packetizeH265(unit: readonly Buffer[], payloadBytes: number): Payload[] {
  const sized = unit.filter(isH265ParameterSet).flatMap((nal) => [Buffer.of(nal.length >> 8, nal.length & 255), nal])
  const others = unit
    .filter((nal) => !isH265ParameterSet(nal))
    .flatMap((nal) => (nal.length > payloadBytes ? fragment(nal, payloadBytes) : [nal]))
  const payloads = [...(sized.length > 0 ? [Buffer.concat([Buffer.of(48 << 1, 1), ...sized])] : []), ...others]
  return payloads.map((payload, i) => ({ payload, marker: i === payloads.length - 1 }))
}

/** VPS, SPS or PPS. */
export function isH265ParameterSet(nal: Buffer): boolean {
  return nal.readUInt8(0) >> 1 >= 32 && nal.readUInt8(0) >> 1 <= 34
}

function fragment(nal: Buffer, payloadBytes: number): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 2; at < nal.length; at += payloadBytes) {
    const end = Math.min(nal.length, at + payloadBytes)
    const flags = (at === 2 ? 0x80 : 0) | (end === nal.length ? 0x40 : 0)
    pieces.push(Buffer.concat([Buffer.of(49 << 1, nal.readUInt8(1), flags | (nal.readUInt8(0) >> 1)), nal.subarray(at, end)]))
  }
  return pieces
}
