import { NalBits } from './nal-bits.ts'

/** NAL unit types that matter to a gateway (ITU-T H.264 table 7-1). */
export const NAL = { SLICE: 1, PARTITION_A: 2, IDR: 5, SEI: 6, SPS: 7, PPS: 8, AUD: 9 } as const

/** The type of the NAL unit that begins with this byte (ITU-T H.264 section 7.3.1). */
export function nalType(header: number): number {
  return header & 0x1f
}

/** Whether NAL units of this type begin with a slice header, and so hold a part of the picture. */
export function isSlice(type: number): boolean {
  return type === NAL.SLICE || type === NAL.IDR || type === NAL.PARTITION_A
}

/** The first fields of a slice header (ITU-T H.264 section 7.3.3). */
export interface SliceStart {
  /** 0: the slice begins a picture. */
  readonly firstMacroblock: number
  /** Only intra prediction: the slice needs no earlier picture. */
  readonly intra: boolean
  /** A B slice. */
  readonly bidirectional: boolean
  readonly pps: number
}

/** Reads the beginning of a slice, from the bytes after the NAL unit's header; undefined when they end too early. */
export function parseSliceStart(bytes: Uint8Array): SliceStart | undefined {
  const bits = new NalBits(bytes.subarray(0, SLICE_START_BYTES))
  const firstMacroblock = bits.unsigned()
  const type = bits.unsigned() % 5
  const pps = bits.unsigned()
  return bits.overrun ? undefined : { firstMacroblock, intra: type === 2 || type === 4, bidirectional: type === 1, pps }
}

/** The number of a sequence parameter set; undefined when the bytes end too early. */
export function parseSpsId(nal: Uint8Array): number | undefined {
  const bits = new NalBits(nal.subarray(4))
  const id = bits.unsigned()
  return bits.overrun || id > 31 ? undefined : id
}

/** The numbers of a picture parameter set and of the sequence parameter set it refers to; undefined when they are not valid. */
export function parsePpsIds(nal: Uint8Array): { id: number; sps: number } | undefined {
  const bits = new NalBits(nal.subarray(1))
  const id = bits.unsigned()
  const sps = bits.unsigned()
  return bits.overrun || id > 255 || sps > 31 ? undefined : { id, sps }
}

/** Three Exp-Golomb codes take at most this much, emulation prevention included. */
const SLICE_START_BYTES = 20
