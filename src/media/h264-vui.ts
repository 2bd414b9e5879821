import type { NalBits } from './nal-bits.ts'

/** How the stream describes its colours; the numbers are those of tables E-3 to E-5. */
export interface SpsColour {
  /** Luma runs from 0 to 255 rather than 16 to 235. */
  readonly fullRange: boolean
  readonly primaries: number | undefined
  readonly transfer: number | undefined
  readonly matrix: number | undefined
}

/** What the video usability information says (ITU-T H.264 annex E). */
export interface Vui {
  readonly fps: number | undefined
  readonly colour: SpsColour | undefined
  /** max_num_reorder_frames, where it is stated. */
  readonly reordered: number | undefined
}

/** Nothing is said. */
export const NO_VUI: Vui = { fps: undefined, colour: undefined, reordered: undefined }

/** Reads it from where it begins (section E.1.1). What is cut off counts for nothing: the size before it stands. */
export function readVui(bits: NalBits): Vui {
  const extendedAspect = 255
  if (bits.flag() && bits.bits(8) === extendedAspect) bits.bits(32)
  if (bits.flag()) bits.flag() // overscan
  const colour = bits.flag() ? readColour(bits) : undefined
  if (bits.flag()) {
    bits.unsigned() // chroma_sample_loc_type_top_field
    bits.unsigned()
  }
  if (bits.overrun) return NO_VUI
  const fps = bits.flag() ? readFps(bits) : undefined
  return { fps: bits.overrun ? undefined : fps, colour, reordered: readReordered(bits) }
}

/** The colours from where they begin; H.265 says them alike. */
export function readColour(bits: NalBits): SpsColour {
  bits.bits(3) // video_format
  const fullRange = bits.flag()
  if (!bits.flag()) return { fullRange, primaries: undefined, transfer: undefined, matrix: undefined }
  return { fullRange, primaries: bits.bits(8), transfer: bits.bits(8), matrix: bits.bits(8) }
}

/** A tick is a field's time, so a picture lasts two. Absurd rates, which cameras do send, count as not stated. */
function readFps(bits: NalBits): number | undefined {
  const ticks = bits.bits(32)
  const scale = bits.bits(32)
  bits.flag() // fixed_frame_rate_flag
  const fps = Math.round((scale / ticks / 2) * 1000) / 1000
  return fps >= 0.1 && fps <= 240 ? fps : undefined
}

/** From the buffering parameters to the bitstream restriction. */
function readReordered(bits: NalBits): number | undefined {
  const hasNal = bits.flag()
  if (hasNal) skipBuffering(bits)
  const hasVcl = bits.flag()
  if (hasVcl) skipBuffering(bits)
  if (hasNal || hasVcl) bits.flag() // low_delay_hrd_flag
  bits.flag() // pic_struct_present_flag
  if (!bits.flag()) return undefined
  bits.flag() // motion_vectors_over_pic_boundaries_flag
  for (let i = 0; i < 4; i++) bits.unsigned() // bytes, bits, and lengths of motion vectors
  const reordered = bits.unsigned()
  return bits.overrun || reordered > 16 ? undefined : reordered
}

/** Section E.1.2. */
function skipBuffering(bits: NalBits): void {
  const count = Math.min(bits.unsigned(), 31) + 1
  bits.bits(8) // bit_rate_scale, cpb_size_scale
  for (let i = 0; i < count && !bits.overrun; i++) {
    bits.unsigned()
    bits.unsigned()
    bits.flag()
  }
  bits.bits(20) // lengths of delays and of the time offset
}
