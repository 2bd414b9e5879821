import { randomBytes } from 'node:crypto'
import type { Camera, PictureRequest } from '../cameras/camera.ts'
import type { Picture } from '../media/picture.ts'
import { formatTimestamp, millis, now } from '../media/time.ts'

/** What was asked of a snapshot. */
export interface SnapshotOptions {
  /** A rate has no meaning here. */
  readonly request: PictureRequest
  /** Seconds: the oldest picture that will do. */
  readonly maxAge?: number | undefined
  /** Seconds to wait for a picture while the camera connects. */
  readonly wait: number
}

/**
 * Takes one picture.
 * @param signal ends the wait when the one who asked has gone
 * @throws {AtalayaError} as `Camera.picture` does
 */
export async function takeSnapshot(camera: Camera, options: SnapshotOptions, signal: AbortSignal): Promise<Picture> {
  const { request, maxAge, wait } = options
  const deadline = new AbortController()
  const giveUp = () => deadline.abort()
  const timer = setTimeout(giveUp, wait * 1000)
  signal.addEventListener('abort', giveUp, { once: true })
  if (signal.aborted) giveUp()
  try {
    const asked = { ...request, fps: undefined }
    return await camera.picture({ ...asked, ...(maxAge !== undefined && { maxAge: millis(maxAge * 1000) }) }, deadline.signal)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}

/** The headers of a snapshot (RFC 9110 section 8.8.3 for ETag, RFC 9111 section 5.1 for Age). */
export function snapshotHeaders(camera: Camera, picture: Picture): Record<string, string> {
  return {
    'Content-Type': 'image/jpeg',
    'Cache-Control': 'private, no-cache',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Timestamp': formatTimestamp(picture.capturedAt),
    'X-Sequence': String(picture.sequence),
    Age: String(Math.max(0, Math.floor((now() - picture.capturedAt) / 1e6))),
    ETag: `"${PROCESS_TAG}-${camera.id}-${picture.sequence}-${picture.width}x${picture.height}-${picture.data.length}"`,
  }
}

/** Sequence numbers begin anew with each process; a tag must not. */
const PROCESS_TAG = randomBytes(4).toString('hex')
