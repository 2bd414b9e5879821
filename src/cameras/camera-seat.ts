import { isSameSettings } from '../config/same-settings.ts'
import type { Picture } from '../media/picture.ts'
import type { PictureRequest } from './camera.ts'
import type { CameraStream, StreamSubscription } from './camera-stream.ts'
import type { RenditionDefaults } from './choose-rendition.ts'
import type { PictureTaker } from './picture-taker.ts'

/** Where a taker sits: at one stream of a camera, for one rendition. Both can change without the taker noticing. */
export class CameraSeat {
  /** What the taker asked for, or asks for by now. */
  request: PictureRequest
  readonly #taker: PictureTaker
  readonly #onClose: (seat: CameraSeat) => void
  #stream: CameraStream | undefined
  #asked: RenditionDefaults | undefined
  #subscription: StreamSubscription | undefined

  constructor(request: PictureRequest, taker: PictureTaker, onClose: (seat: CameraSeat) => void) {
    this.request = request
    this.#taker = taker
    this.#onClose = onClose
  }

  get stream(): CameraStream | undefined {
    return this.#stream
  }

  get rendition(): string | undefined {
    return this.#subscription?.rendition
  }

  /** Pictures a second that come in. */
  get sourceFps(): number {
    return this.#subscription?.sourceFps() ?? 0
  }

  /** Takes the place, or another one. */
  take(stream: CameraStream, asked: RenditionDefaults): void {
    if (this.#stream === stream && isSameSettings(this.#asked, asked)) return
    this.#asked = asked
    if (this.#stream === stream) {
      this.#subscription?.change(asked)
      return
    }
    this.#subscription?.close()
    this.#stream = stream
    this.#subscription = stream.subscribe(asked, this.#taker)
  }

  close(): void {
    this.#onClose(this)
    this.#subscription?.close()
  }

  async notice(last: Picture | undefined): Promise<Picture | undefined> {
    return this.#subscription?.notice(last)
  }
}
