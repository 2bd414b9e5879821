import { H265_NAL, h265NalType, isH265RandomAccess, isH265Slice, parseH265SliceStart } from './h265.ts'
import { H265ParameterSets } from './h265-parameter-sets.ts'
import { parseH265Sps } from './h265-sps.ts'
import type { NalSyntax } from './nal-syntax.ts'
import { tryToRead } from './try-to-read.ts'

/** H.265 as far as access units go (ITU-T H.265 section 7). */
export const H265_SYNTAX: NalSyntax = {
  headerBytes: 2,
  kindOf(header) {
    const type = h265NalType(header)
    if (isH265Slice(type)) return 'slice'
    if (type === H265_NAL.SPS) return 'sps'
    if (type === H265_NAL.VPS || type === H265_NAL.PPS) return 'parameter-set'
    return type === H265_NAL.AUD ? 'delimiter' : 'other'
  },
  parseSlice(header, bytes) {
    const type = h265NalType(header)
    const slice = parseH265SliceStart(type, bytes)
    return slice && { ...slice, isRandomAccess: isH265RandomAccess(type), isIntra: false, isBidirectional: false }
  },
  reorderedBy: (sps) => tryToRead(() => parseH265Sps(sps))?.reordered ?? 0,
  openParameterSets: () => new H265ParameterSets(),
}
