import { AtalayaError } from '../api/errors.ts'
import { NAL, nalType } from './h264.ts'
import { NO_VUI, readVui, type SpsColour } from './h264-vui.ts'
import { NalBits } from './nal-bits.ts'

/** What a sequence parameter set says of the stream (ITU-T H.264 section 7.3.2.1.1 and annex E). */
export interface Sps {
  /** 66 Baseline, 77 Main, 100 High … */
  readonly profile: number
  /** The constraint flags as one byte, as it stands between profile and level. */
  readonly constraints: number
  /** Ten times the level: 31 is level 3.1. */
  readonly level: number
  readonly id: number
  /** Luma size in pixels after cropping. */
  readonly width: number
  readonly height: number
  /** Pictures a second by the VUI's timing; cameras with a variable rate state their highest. */
  readonly fps: number | undefined
  /** Present when the stream describes its colours; the numbers are those of annex E tables E-3 to E-5. */
  readonly colour: SpsColour | undefined
  /** Pictures that may come before one that is shown earlier, where the stream says so (max_num_reorder_frames). */
  readonly reordered: number | undefined
  /** How many may at most, by profile and level (section A.3.1, E.2.1). */
  readonly mostReordered: number
}

/**
 * Reads a sequence parameter set; its NAL header byte comes first.
 * @throws {AtalayaError} `protocol_error` when it is no SPS, ends too early or describes a picture that cannot be.
 */
export function parseSps(nal: Uint8Array): Sps {
  if (nalType(nal[0] ?? 0) !== NAL.SPS)
    throw new AtalayaError('protocol_error', 'The H.264 sequence parameter set has the wrong NAL type.')
  const bits = new NalBits(nal.subarray(1))
  const profile = bits.bits(8)
  const constraints = bits.bits(8)
  const level = bits.bits(8)
  const id = bits.unsigned()
  const chroma = PROFILES_WITH_CHROMA.has(profile) ? readChroma(bits) : 1
  bits.unsigned() // log2_max_frame_num_minus4
  const orderType = readPictureOrder(bits)
  bits.unsigned() // max_num_ref_frames
  bits.flag() // gaps_in_frame_num_value_allowed_flag
  const size = readSize(bits, chroma)
  if (bits.overrun || !isPlausible(size)) {
    throw new AtalayaError('protocol_error', `The H.264 sequence parameter set (${nal.length} bytes) is cut off or damaged.`)
  }
  const { fps, colour, reordered } = bits.flag() ? readVui(bits) : NO_VUI
  const inOrder = orderType === 2 || profile === BASELINE || (INTRA_PROFILES.has(profile) && (constraints & CONSTRAINT_3) !== 0)
  const mostReordered = inOrder ? 0 : decodedPictures(level, size)
  return { profile, constraints, level, id, ...size, fps, colour, reordered, mostReordered }
}

const BASELINE = 66
/** With constraint_set3_flag, these hold nothing but IDR pictures (section A.2). */
const INTRA_PROFILES: ReadonlySet<number> = new Set([44, 86, 100, 110, 122, 244])
const CONSTRAINT_3 = 0x10

/** MaxDpbFrames of section A.3.1: as many pictures as fit into what a decoder of this level has. */
function decodedPictures(level: number, { width, height }: { width: number; height: number }): number {
  const [, macroblocks = 0] = DECODED_MACROBLOCKS.find(([highest]) => level <= highest) ?? []
  return Math.min(16, Math.floor(macroblocks / (Math.ceil(width / 16) * Math.ceil(height / 16))))
}

/** MaxDpbMbs up to each level (table A-1). */
const DECODED_MACROBLOCKS = [
  ...([
    [10, 396],
    [11, 900],
    [20, 2376],
    [21, 4752],
    [30, 8100],
    [31, 18_000],
    [32, 20_480],
    [41, 32_768],
  ] as const),
  ...([
    [42, 34_816],
    [50, 110_400],
    [52, 184_320],
    [255, 696_320],
  ] as const),
] as const

const PROFILES_WITH_CHROMA: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])

/** The fields of the high profiles; returns chroma_format_idc, or 0 for separately coded planes. */
function readChroma(bits: NalBits): number {
  const format = bits.unsigned()
  const separatePlanes = format === 3 && bits.flag()
  bits.unsigned() // bit_depth_luma_minus8
  bits.unsigned() // bit_depth_chroma_minus8
  bits.flag() // qpprime_y_zero_transform_bypass_flag
  const lists = bits.flag() ? (format === 3 ? 12 : 8) : 0
  for (let i = 0; i < lists; i++) {
    if (bits.flag()) skipScalingList(bits, i < 6 ? 16 : 64)
  }
  return separatePlanes ? 0 : format
}

/** Section 7.3.2.1.1.1. */
function skipScalingList(bits: NalBits, size: number): void {
  let next = 8
  for (let i = 0, last = 8; i < size && next !== 0 && !bits.overrun; i++) {
    next = (last + bits.signed() + 256) % 256
    if (next !== 0) last = next
  }
}

/** Returns pic_order_cnt_type; 2: pictures are shown in the order in which they come. */
function readPictureOrder(bits: NalBits): number {
  const type = bits.unsigned()
  if (type === 0) bits.unsigned()
  if (type !== 1) return type
  bits.flag()
  bits.signed()
  bits.signed()
  const cycle = Math.min(bits.unsigned(), 255)
  for (let i = 0; i < cycle && !bits.overrun; i++) bits.signed()
  return type
}

function readSize(bits: NalBits, chroma: number): { width: number; height: number } {
  const widthInMacroblocks = bits.unsigned() + 1
  const heightInMapUnits = bits.unsigned() + 1
  const framesOnly = bits.flag()
  if (!framesOnly) bits.flag() // mb_adaptive_frame_field_flag
  bits.flag() // direct_8x8_inference_flag
  const [left, right, top, bottom] = bits.flag()
    ? ([bits.unsigned(), bits.unsigned(), bits.unsigned(), bits.unsigned()] as const)
    : NO_CROP
  const fields = framesOnly ? 1 : 2
  const cropX = chroma === 1 || chroma === 2 ? 2 : 1
  const cropY = (chroma === 1 ? 2 : 1) * fields
  return {
    width: widthInMacroblocks * 16 - (left + right) * cropX,
    height: heightInMapUnits * 16 * fields - (top + bottom) * cropY,
  }
}

const NO_CROP = [0, 0, 0, 0] as const

/** Level 6.2 ends at 16384 pixels a side. */
function isPlausible({ width, height }: { width: number; height: number }): boolean {
  return width > 0 && height > 0 && width <= 16_384 && height <= 16_384
}
