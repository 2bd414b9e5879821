import type { AtalayaError } from '../api/errors.ts'
import type { Picture } from '../media/picture.ts'
import type { RenditionRequest } from '../media/rendition.ts'

/** Whoever wants pictures of a camera. No call may block: what cannot be used now is dropped by the taker. */
export interface PictureTaker {
  picture(picture: Picture): void
  /** The connection to the camera is lost; pictures resume by themselves when it is back. */
  offline(error: AtalayaError): void
  /** No more pictures will come: the camera was put on hold or removed, or its stream cannot be decoded here. */
  ended(error: AtalayaError): void
}

/** A taker's place among the pictures of a stream. */
export interface Subscription {
  /** The rendition that is served, such as `640x360@10 q80`; undefined until the camera's size is known. */
  readonly rendition: string | undefined
  /** No call reaches the taker afterwards. */
  close(): void
}

/** A taker's place at a camera. */
export interface CameraSubscription extends Subscription {
  /** Pictures a second that come in from the camera. */
  readonly sourceFps: number
  /** Other pictures from now on, of the same stream. The taker may get one at once, which it may have seen in another form. */
  change(request: RenditionRequest): void
  /**
   * What to show while the camera is offline: made of the taker's last picture where it has one. Undefined when the camera is
   * not offline, is back meanwhile, or nothing can be drawn: the last picture has to do then.
   */
  notice(last: Picture | undefined): Promise<Picture | undefined>
}
