import { H264ParameterSets } from '../../../src/media/h264-parameter-sets.ts'
import { parseSps } from '../../../src/media/h264-sps.ts'
import { H264_SYNTAX } from '../../../src/media/h264-syntax.ts'
import { H265ParameterSets } from '../../../src/media/h265-parameter-sets.ts'
import { parseH265Sps } from '../../../src/media/h265-sps.ts'
import { H265_SYNTAX } from '../../../src/media/h265-syntax.ts'
import type { NalSyntax } from '../../../src/media/nal-syntax.ts'
import { H264_CLIPS, H265_CLIPS, nalsOf } from '../corpus.ts'
import { type FuzzTarget, insist } from '../fuzz-target.ts'

/** NAL units one by one: what describes the stream, and the beginnings of slices. */
export const PARAMETER_SET_TARGETS: readonly FuzzTarget[] = [
  nalTarget('h264-nal', H264_CLIPS, H264_SYNTAX, { sets: () => new H264ParameterSets(), parse: parseSps }),
  nalTarget('h265-nal', H265_CLIPS, H265_SYNTAX, { sets: () => new H265ParameterSets(), parse: parseH265Sps }),
]

interface Parsers {
  sets(): { add(nal: Uint8Array): boolean; setsOf(pps: number): unknown }
  parse(nal: Uint8Array): { width: number; height: number; fps: number | undefined }
}

function nalTarget(name: string, clips: typeof H264_CLIPS, syntax: NalSyntax, parsers: Parsers): FuzzTarget {
  return {
    name,
    corpus: nalsOf(clips),
    shape: 'bytes',
    words: [Buffer.of(0, 0, 3), Buffer.of(0, 0, 0, 0), Buffer.of(255, 255, 255, 255)],
    limit: 0xffff,
    run(input) {
      const header = input[0] ?? 0
      if (syntax.kindOf(header) === 'slice') syntax.parseSlice(header, input.subarray(syntax.headerBytes))
      const sets = parsers.sets()
      sets.add(input)
      for (let pps = 0; pps < 4; pps++) sets.setsOf(pps)
      if (syntax.kindOf(header) !== 'sps') return
      const { width, height, fps } = parsers.parse(input)
      insist(width > 0 && height > 0 && width <= 20_000 && height <= 20_000, `a picture of ${width}x${height}`)
      insist(fps === undefined || (fps > 0 && fps <= 240), `${fps} pictures a second`)
    },
  }
}
