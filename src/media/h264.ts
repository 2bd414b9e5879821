import { H264Bits } from './h264-bits.ts'

/** NAL unit types that matter to a gateway (ITU-T H.264 table 7-1). */
export const NAL = { SLICE: 1, PARTITION_A: 2, IDR: 5, SEI: 6, SPS: 7, PPS: 8, AUD: 9 } as const

/** What stands before every NAL unit in the Annex B form that Atalaya uses throughout. */
export const START_CODE: Buffer = Buffer.from([0, 0, 0, 1])

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
  readonly pps: number
}

/** Reads the beginning of a slice, from the bytes after the NAL unit's header; undefined when they end too early. */
export function parseSliceStart(bytes: Uint8Array): SliceStart | undefined {
  const bits = new H264Bits(bytes.subarray(0, SLICE_START_BYTES))
  const firstMacroblock = bits.unsigned()
  const type = bits.unsigned() % 5
  const pps = bits.unsigned()
  return bits.overrun ? undefined : { firstMacroblock, intra: type === 2 || type === 4, pps }
}

/** The number of a sequence parameter set; undefined when the bytes end too early. */
export function parseSpsId(nal: Uint8Array): number | undefined {
  const bits = new H264Bits(nal.subarray(4))
  const id = bits.unsigned()
  return bits.overrun || id > 31 ? undefined : id
}

/** The numbers of a picture parameter set and of the sequence parameter set it refers to; undefined when they are not valid. */
export function parsePpsIds(nal: Uint8Array): { id: number; sps: number } | undefined {
  const bits = new H264Bits(nal.subarray(1))
  const id = bits.unsigned()
  const sps = bits.unsigned()
  return bits.overrun || id > 255 || sps > 31 ? undefined : { id, sps }
}

/** The NAL units of an Annex B byte stream, without their start codes; views of the same memory. */
export function* splitAnnexB(data: Uint8Array): Generator<Uint8Array> {
  let begin = -1
  for (let at = 0; at + 2 < data.length; at++) {
    if (data[at] !== 0 || data[at + 1] !== 0 || data[at + 2] !== 1) continue
    if (begin >= 0) yield trimZeros(data.subarray(begin, at))
    begin = at + 3
    at += 2
  }
  if (begin >= 0 && begin < data.length) yield trimZeros(data.subarray(begin))
}

/** NAL units as an Annex B byte stream with four-byte start codes; a new buffer. */
export function joinAnnexB(nals: Iterable<Uint8Array>): Buffer {
  return Buffer.concat([...nals].flatMap((nal) => [START_CODE, nal]))
}

/** Three Exp-Golomb codes take at most this much, emulation prevention included. */
const SLICE_START_BYTES = 20

/** A NAL unit never ends in a zero byte: such zeros belong to the next start code or are padding. */
function trimZeros(nal: Uint8Array): Uint8Array {
  let end = nal.length
  while (end > 0 && nal[end - 1] === 0) end--
  return nal.subarray(0, end)
}
