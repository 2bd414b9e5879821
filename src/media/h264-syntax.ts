import { isSlice, NAL, nalType, parseSliceStart } from './h264.ts'
import { H264ParameterSets } from './h264-parameter-sets.ts'
import type { NalSyntax } from './nal-syntax.ts'

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
    const { firstMacroblock, intra, pps } = slice
    return { isFirst: firstMacroblock === 0, isRandomAccess: nalType(header) === NAL.IDR, isIntra: intra, pps }
  },
  openParameterSets: () => new H264ParameterSets(),
}
