import type { Track } from '../media/packet.ts'
import { type PictureTransform, transformedSize } from '../media/picture-transform.ts'
import type { RenditionRequest } from '../media/rendition.ts'

/**
 * Whether a request, completed with the camera's own wishes, can be served by the sub stream without being less sharp than
 * asked. Who asks for no size wants the full picture.
 */
export function suitsSub(request: RenditionRequest, sub: Track | undefined, transform: PictureTransform | undefined): boolean {
  const { width = Number.POSITIVE_INFINITY, height = Number.POSITIVE_INFINITY } = request
  const native = sub?.width && sub.height ? { width: sub.width, height: sub.height } : USUAL_SUB
  const size = transformedSize(native, transform)
  return width <= size.width || height <= size.height
}

/** What most cameras send as their second stream, until this one has said what it sends. */
const USUAL_SUB = { width: 640, height: 360 }
