import {
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV422P,
  AV_PIX_FMT_YUV444P,
  AV_PIX_FMT_YUVJ420P,
  AV_PIX_FMT_YUVJ422P,
  AV_PIX_FMT_YUVJ444P,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_RANGE_UNSPECIFIED,
  AVCOL_SPC_BT470BG,
  AVCOL_SPC_BT709,
  AVCOL_SPC_BT2020_NCL,
  AVCOL_SPC_FCC,
  AVCOL_SPC_RGB,
  AVCOL_SPC_SMPTE170M,
  AVCOL_SPC_SMPTE240M,
  type AVPixelFormat,
} from 'node-av/constants'
import type { Frame } from 'node-av/lib'
import type { VideoCodec } from '../../media/packet.ts'

/** How the samples of a frame stand for colours. */
export interface FrameColour {
  /** As libavfilter names the matrix. */
  readonly matrix: 'bt709' | 'bt470bg' | 'fcc' | 'smpte240m' | 'bt2020nc' | 'gbr'
  readonly fullRange: boolean
}

/** From so many lines up an untagged picture is taken for BT.709: what encoders mean that do not say it. */
const HD_LINES = 720

/**
 * What a decoded frame's samples mean, by its tags, or by custom where it bears none. The frame's tags are completed to
 * say the same, and the deprecated full-range pixel formats become plain ones with a tag.
 */
export function frameColour(frame: Frame, codec: VideoCodec): FrameColour {
  const plain = PLAIN_FORMAT.get(frame.format as AVPixelFormat)
  if (plain !== undefined) {
    frame.format = plain
    frame.colorRange = AVCOL_RANGE_JPEG
  }
  // JPEG is full-range BT.601 by definition (JFIF 1.02), whatever the decoder was told.
  if (codec === 'jpeg') frame.colorSpace = AVCOL_SPC_BT470BG
  if (frame.colorRange === AVCOL_RANGE_UNSPECIFIED) frame.colorRange = codec === 'jpeg' ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
  if (!MATRIX_NAME.has(frame.colorSpace)) frame.colorSpace = frame.height >= HD_LINES ? AVCOL_SPC_BT709 : AVCOL_SPC_BT470BG
  return { matrix: MATRIX_NAME.get(frame.colorSpace) ?? 'bt709', fullRange: frame.colorRange === AVCOL_RANGE_JPEG }
}

const PLAIN_FORMAT: ReadonlyMap<AVPixelFormat, AVPixelFormat> = new Map<AVPixelFormat, AVPixelFormat>([
  [AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUV420P],
  [AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUV422P],
  [AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUV444P],
])

const MATRIX_NAME: ReadonlyMap<number, FrameColour['matrix']> = new Map<number, FrameColour['matrix']>([
  [AVCOL_SPC_RGB, 'gbr'],
  [AVCOL_SPC_BT709, 'bt709'],
  [AVCOL_SPC_BT470BG, 'bt470bg'],
  [AVCOL_SPC_SMPTE170M, 'bt470bg'],
  [AVCOL_SPC_FCC, 'fcc'],
  [AVCOL_SPC_SMPTE240M, 'smpte240m'],
  [AVCOL_SPC_BT2020_NCL, 'bt2020nc'],
])
