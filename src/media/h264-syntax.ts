import { isSlice, NAL, nalType, parseSliceStart } from './h264.ts'
import { H264ParameterSets } from './h264-parameter-sets.ts'
import { parseSps } from './h264-sps.ts'
import type { NalSyntax } from './nal-syntax.ts'
import { tryToRead } from './try-to-read.ts'

/** H.264 as far as access units go (ITU-T H.264 section 7). */
export const H264_SYNTAX: NalSyntax = {
  headerBytes: 1,
  kindOf(header) {
    const type = nalType(header)
    if (isSlice(type)) return 'slice'
    if (type === NAL.SPS) return 'sps'
    if (type === NAL.PPS) return 'parameter-set'
    return type === NAL.AUD ? 'delimiter' : 'other'
  },
  parseSlice(header, bytes) {
    const slice = parseSliceStart(bytes)
    if (!slice) return undefined
    const { firstMacroblock, intra, bidirectional, pps } = slice
    const isRandomAccess = nalType(header) === NAL.IDR
    return { isFirst: firstMacroblock === 0, isRandomAccess, isIntra: intra, isBidirectional: bidirectional, pps }
  },
  reorderedBy(sps, isBidirectional) {
    const read = tryToRead(() => parseSps(sps))
    // Most cameras say nothing and never reorder: only one that does is given the room that its level allows.
    return read?.reordered ?? (isBidirectional ? (read?.mostReordered ?? 0) : 0)
  },
  openParameterSets: () => new H264ParameterSets(),
}
