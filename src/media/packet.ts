import type { Micros } from './time.ts'

/** The video codecs Atalaya carries. */
export type VideoCodec = 'h264' | 'h265' | 'jpeg'

/** One elementary stream of a source. A new object means that something about the stream changed. */
export interface Track {
  readonly codec: VideoCodec
  /** Luma size in pixels after cropping, once a parameter set has told it. */
  readonly width?: number
  readonly height?: number
  /** Nominal pictures a second, where the stream or its description says so. */
  readonly fps?: number
}

/** One coded access unit. */
export interface Packet {
  readonly track: Track
  /**
   * H.264 and H.265: Annex B with four-byte start codes, and a keyframe begins with its parameter sets (VPS, SPS, PPS), so that
   * decoding can begin at any keyframe with nothing else. JPEG: one whole picture. Read only: all who receive the packet share the bytes.
   */
  readonly data: Buffer
  /** Presentation time on the source's own time line, which starts anywhere. */
  readonly pts: Micros
  /**
   * Decoding time, on the same line: packets come in its order, it grows from each to the next within a connection, and is never after `pts`. Both
   * are the same unless pictures are coded out of the order in which they are shown (B-frames).
   */
  readonly dts: Micros
  readonly keyframe: boolean
  /** When the picture was taken, on the gateway's monotonic clock. */
  readonly capturedAt: Micros
}
