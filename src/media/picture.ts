import type { Micros } from './time.ts'

/** One JPEG, whole and ready to send. */
export interface Picture {
  /** The JPEG file's bytes, shared by all viewers: read only. */
  readonly data: Buffer
  /** Size in pixels. */
  readonly width: number
  readonly height: number
  /** Counts the camera's decoded pictures; two renditions of one moment bear the same number. */
  readonly sequence: number
  /** When the picture was taken, on the gateway's monotonic clock. */
  readonly capturedAt: Micros
  /** The rendition that it belongs to, such as `640x360@10 q80`. */
  readonly renditionName?: string
  /** It stands for pictures that do not come: the last one, dimmed, and words. */
  readonly isNotice?: true
}
