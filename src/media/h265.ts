import { NalBits } from './nal-bits.ts'

/** NAL unit types that matter to a gateway (ITU-T H.265 table 7-1). */
export const H265_NAL = { BLA_W_LP: 16, CRA: 21, RSV_IRAP: 23, VPS: 32, SPS: 33, PPS: 34, AUD: 35 } as const

/** The type of the NAL unit whose two-byte header begins with this byte (section 7.3.1.2). */
export function h265NalType(header: number): number {
  return (header >> 1) & 0x3f
}

/** Whether NAL units of this type hold a part of the picture. */
export function isH265Slice(type: number): boolean {
  return type < H265_NAL.VPS
}

/** Whether decoding can begin at pictures of this type: IDR, BLA and CRA. */
export function isH265RandomAccess(type: number): boolean {
  return type >= H265_NAL.BLA_W_LP && type <= H265_NAL.RSV_IRAP
}

/** The first fields of a slice segment header (section 7.3.6.1). */
export interface H265SliceStart {
  /** The segment begins a picture. */
  readonly isFirst: boolean
  readonly pps: number
}

/** Reads the beginning of a slice segment, from the bytes after the NAL unit's header; undefined when they end too early. */
export function parseH265SliceStart(type: number, bytes: Uint8Array): H265SliceStart | undefined {
  const bits = new NalBits(bytes.subarray(0, SLICE_START_BYTES))
  const isFirst = bits.flag()
  if (isH265RandomAccess(type)) bits.flag() // no_output_of_prior_pics_flag
  const pps = bits.unsigned()
  return bits.overrun || pps > 63 ? undefined : { isFirst, pps }
}

/** The number of a video parameter set; undefined when there is none. */
export function parseVpsId(nal: Uint8Array): number | undefined {
  const byte = nal[2]
  return byte === undefined ? undefined : byte >> 4
}

/** The numbers of a picture parameter set and of the sequence parameter set it refers to; undefined when they are not valid. */
export function parseH265PpsIds(nal: Uint8Array): { id: number; sps: number } | undefined {
  const bits = new NalBits(nal.subarray(2))
  const id = bits.unsigned()
  const sps = bits.unsigned()
  return bits.overrun || id > 63 || sps > 15 ? undefined : { id, sps }
}

/** Two flags and an Exp-Golomb code take at most this much, emulation prevention included. */
const SLICE_START_BYTES = 16
