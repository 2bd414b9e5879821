import { splitAnnexB } from '../../media/annex-b.ts'
import { parseSps } from '../../media/h264-sps.ts'
import { H264_SYNTAX } from '../../media/h264-syntax.ts'
import type { SpsColour } from '../../media/h264-vui.ts'
import { parseH265Sps } from '../../media/h265-sps.ts'
import { H265_SYNTAX } from '../../media/h265-syntax.ts'
import { parseJpegHeader } from '../../media/jpeg.ts'
import type { VideoCodec } from '../../media/packet.ts'

/** What the filters of a command line must know of a stream in advance. */
export interface VideoDescription {
  /** Luma size in pixels after cropping. */
  readonly width: number
  readonly height: number
  /** As libavfilter names the matrix. */
  readonly matrix: 'bt709' | 'bt470bg' | 'fcc' | 'smpte240m' | 'bt2020nc' | 'gbr'
  readonly fullRange: boolean
}

/** From so many lines up an untagged picture is taken for BT.709: what encoders mean that do not say it. */
const HD_LINES = 720

/** What a keyframe says of its stream; undefined when it says nothing that makes sense. */
export function describeVideo(codec: VideoCodec, keyframe: Buffer): VideoDescription | undefined {
  if (codec === 'jpeg') {
    const size = parseJpegHeader(keyframe)
    // JPEG is full-range BT.601 by definition (JFIF 1.02).
    return size && { ...size, matrix: 'bt470bg', fullRange: true }
  }
  const { kindOf } = codec === 'h265' ? H265_SYNTAX : H264_SYNTAX
  for (const nal of splitAnnexB(keyframe)) {
    if (kindOf(nal[0] ?? 0) !== 'sps') continue
    try {
      const { width, height, colour } = codec === 'h265' ? parseH265Sps(nal) : parseSps(nal)
      return { width, height, matrix: matrixOf(colour, height), fullRange: colour?.fullRange ?? false }
    } catch {
      return undefined // the decoder says what is wrong with it
    }
  }
  return undefined
}

/** Whether an access unit holds a picture, and not only what describes some. */
export function holdsPicture(codec: VideoCodec, data: Buffer): boolean {
  if (codec === 'jpeg') return true
  const { kindOf } = codec === 'h265' ? H265_SYNTAX : H264_SYNTAX
  for (const nal of splitAnnexB(data)) if (kindOf(nal[0] ?? 0) === 'slice') return true
  return false
}

function matrixOf(colour: SpsColour | undefined, height: number): VideoDescription['matrix'] {
  return MATRIX_NAMES.get(colour?.matrix ?? UNSPECIFIED) ?? (height >= HD_LINES ? 'bt709' : 'bt470bg')
}

const UNSPECIFIED = 2

/** ITU-T H.264 table E-5. */
const MATRIX_NAMES: ReadonlyMap<number, VideoDescription['matrix']> = new Map<number, VideoDescription['matrix']>([
  [0, 'gbr'],
  [1, 'bt709'],
  [4, 'fcc'],
  [5, 'bt470bg'],
  [6, 'bt470bg'],
  [7, 'smpte240m'],
  [9, 'bt2020nc'],
])
