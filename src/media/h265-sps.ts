import { AtalayaError } from '../api/errors.ts'
import { readColour, type SpsColour } from './h264-vui.ts'
import { H265_NAL, h265NalType } from './h265.ts'
import { NalBits } from './nal-bits.ts'

/** What a sequence parameter set says of the stream (ITU-T H.265 section 7.3.2.2). */
export interface H265Sps {
  /** 1 Main, 2 Main 10 … */
  readonly profile: number
  /** Thirty times the level: 93 is level 3.1. */
  readonly level: number
  readonly id: number
  /** The video parameter set that it refers to. */
  readonly vps: number
  /** Luma size in pixels after cropping. */
  readonly width: number
  readonly height: number
  /** Pictures a second by the VUI's timing. */
  readonly fps: number | undefined
  /** Present when the stream describes its colours; the numbers are those of annex E tables E.3 to E.5. */
  readonly colour: SpsColour | undefined
  /** Pictures that may come before one that is shown earlier (sps_max_num_reorder_pics). */
  readonly reordered: number
}

/**
 * Reads a sequence parameter set; its NAL header comes first.
 * @throws {AtalayaError} `protocol_error` when it is no SPS, ends too early or describes a picture that cannot be.
 */
export function parseH265Sps(nal: Uint8Array): H265Sps {
  const head = readHead(nal)
  const { bits } = head
  const chroma = bits.unsigned()
  if (chroma === 3) bits.flag() // separate_colour_plane_flag
  const coded = { width: bits.unsigned(), height: bits.unsigned() }
  const [left, right, top, bottom] = bits.flag()
    ? ([bits.unsigned(), bits.unsigned(), bits.unsigned(), bits.unsigned()] as const)
    : NO_CROP
  const width = coded.width - (left + right) * (chroma === 1 || chroma === 2 ? 2 : 1)
  const height = coded.height - (top + bottom) * (chroma === 1 ? 2 : 1)
  if (bits.overrun || chroma > 3 || width <= 0 || height <= 0 || width > MAX_SIDE || height > MAX_SIDE) {
    throw new AtalayaError('protocol_error', `The H.265 sequence parameter set (${nal.length} bytes) is cut off or damaged.`)
  }
  const { profile, level, id, vps } = head
  const { reordered, orderBits } = readOrder(bits, head.subLayers)
  return { profile, level, id, vps, width, height, reordered, ...readVui(bits, orderBits) }
}

/** The numbers of a sequence parameter set and of its video parameter set; undefined when the bytes end too early. */
export function parseH265SpsIds(nal: Uint8Array): { id: number; vps: number } | undefined {
  if (h265NalType(nal[0] ?? 0) !== H265_NAL.SPS) return undefined
  const { bits, id, vps } = readHead(nal)
  return bits.overrun || id > 15 ? undefined : { id, vps }
}

/** Up to the number of the set. */
function readHead(nal: Uint8Array) {
  if (h265NalType(nal[0] ?? 0) !== H265_NAL.SPS) {
    throw new AtalayaError('protocol_error', 'The H.265 sequence parameter set has the wrong NAL type.')
  }
  const bits = new NalBits(nal.subarray(2))
  const vps = bits.bits(4)
  const subLayers = bits.bits(3)
  bits.flag() // sps_temporal_id_nesting_flag
  const { profile, level } = readProfileTierLevel(bits, subLayers)
  return { bits, vps, subLayers, profile, level, id: bits.unsigned() }
}

const NO_CROP = [0, 0, 0, 0] as const
/** Level 6.2 ends below this many pixels a side. */
const MAX_SIDE = 16_888

/** Section 7.3.3. */
function readProfileTierLevel(bits: NalBits, subLayers: number): { profile: number; level: number } {
  bits.bits(3) // general_profile_space, general_tier_flag
  const profile = bits.bits(5)
  bits.bits(32) // general_profile_compatibility_flag
  bits.bits(32) // 48 bits of source and constraint flags
  bits.bits(16)
  const level = bits.bits(8)
  const present = Array.from({ length: subLayers }, () => ({ profile: bits.flag(), level: bits.flag() }))
  if (subLayers > 0) for (let i = subLayers; i < 8; i++) bits.bits(2) // reserved_zero_2bits
  for (const sub of present) {
    if (sub.profile) for (let i = 0; i < 11; i++) bits.bits(8)
    if (sub.level) bits.bits(8)
  }
  return { profile, level }
}

/** From the bit depths to what is said of the order of pictures, for the highest sub-layer. */
function readOrder(bits: NalBits, subLayers: number): { reordered: number; orderBits: number } {
  bits.unsigned() // bit_depth_luma_minus8
  bits.unsigned()
  const orderBits = Math.min(bits.unsigned(), 12) + 4
  let reordered = 0
  for (let i = bits.flag() ? 0 : subLayers; i <= subLayers && !bits.overrun; i++) {
    bits.unsigned() // sps_max_dec_pic_buffering_minus1
    reordered = bits.unsigned()
    bits.unsigned() // sps_max_latency_increase_plus1
  }
  return { reordered: bits.overrun ? 0 : Math.min(reordered, 15), orderBits }
}

/** From the block sizes to the timing of the VUI (annex E.2.1); what is not stated or makes no sense is undefined. */
function readVui(bits: NalBits, orderBits: number): { fps: number | undefined; colour: SpsColour | undefined } {
  skipToVui(bits, orderBits)
  const nothing = { fps: undefined, colour: undefined }
  if (!bits.flag() || bits.overrun) return nothing
  const extendedAspect = 255
  if (bits.flag() && bits.bits(8) === extendedAspect) bits.bits(32)
  if (bits.flag()) bits.flag() // overscan
  const colour = bits.flag() ? readColour(bits) : undefined
  return bits.overrun ? nothing : { fps: readFps(bits), colour }
}

function readFps(bits: NalBits): number | undefined {
  if (bits.flag()) {
    bits.unsigned() // chroma_sample_loc_type_top_field
    bits.unsigned()
  }
  bits.bits(3) // neutral_chroma, field_seq, frame_field_info
  if (bits.flag()) for (let i = 0; i < 4; i++) bits.unsigned() // default display window
  if (!bits.flag()) return undefined
  const ticks = bits.bits(32)
  const fps = Math.round((bits.bits(32) / ticks) * 1000) / 1000
  return !bits.overrun && fps >= 0.1 && fps <= 240 ? fps : undefined
}

/** Up to the VUI's flag. */
function skipToVui(bits: NalBits, orderBits: number): void {
  for (let i = 0; i < 6; i++) bits.unsigned() // block sizes and transform depths
  if (bits.flag() && bits.flag()) skipScalingLists(bits)
  bits.bits(2) // amp, sample_adaptive_offset
  if (bits.flag()) {
    bits.bits(8) // PCM bit depths
    bits.unsigned()
    bits.unsigned()
    bits.flag()
  }
  skipReferencePictureSets(bits)
  if (bits.flag()) {
    const count = Math.min(bits.unsigned(), 32)
    for (let i = 0; i < count && !bits.overrun; i++) bits.bits(orderBits + 1)
  }
  bits.bits(2) // temporal_mvp, strong_intra_smoothing
}

/** Section 7.3.4. */
function skipScalingLists(bits: NalBits): void {
  for (let size = 0; size < 4; size++) {
    for (let matrix = 0; matrix < 6 && !bits.overrun; matrix += size === 3 ? 3 : 1) {
      if (!bits.flag()) {
        bits.unsigned() // scaling_list_pred_matrix_id_delta
        continue
      }
      if (size > 1) bits.signed()
      for (let i = 0; i < Math.min(64, 1 << (4 + (size << 1))) && !bits.overrun; i++) bits.signed()
    }
  }
}

/** Section 7.3.7: how many pictures each set refers to decides how long those are that are predicted from it. */
function skipReferencePictureSets(bits: NalBits): void {
  const count = Math.min(bits.unsigned(), 64)
  let before = 0
  for (let set = 0; set < count && !bits.overrun; set++) {
    if (set > 0 && bits.flag()) {
      bits.flag() // delta_rps_sign
      bits.unsigned()
      let pictures = 0
      for (let i = 0; i <= before; i++) {
        const isUsed = bits.flag()
        if (isUsed || bits.flag()) pictures++
      }
      before = pictures
    } else {
      before = Math.min(bits.unsigned(), 16) + Math.min(bits.unsigned(), 16)
      for (let i = 0; i < before && !bits.overrun; i++) {
        bits.unsigned()
        bits.flag()
      }
    }
  }
}
