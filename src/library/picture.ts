import type { Picture as GatewayPicture } from '../media/picture.ts'
import { toEpochMicros } from '../media/time.ts'

/** One JPEG of a camera. */
export interface Picture {
  /** The bytes of the JPEG file, whole. They are shared with others who get the same picture: do not write into them. */
  readonly data: Buffer
  /** Size in pixels. */
  readonly width: number
  readonly height: number
  /** Counts the camera's pictures: a gap tells how many were not made or not taken in between. */
  readonly sequence: number
  /** When the picture was taken, by this machine's clock. */
  readonly capturedAt: Date
}

/** A picture as programs outside know time. */
export function toPublicPicture({ data, width, height, sequence, capturedAt }: GatewayPicture): Picture {
  return { data, width, height, sequence, capturedAt: new Date(toEpochMicros(capturedAt) / 1000) }
}
