import { AtalayaError } from '../api/errors.ts'

/** Keeps pictures away that nobody could decode: of more than 50 megapixels. */
export class SizeLimit {
  #refused = 0

  /**
   * Whether the picture may be passed on. One that is damaged and claims to be huge is left out; a camera that sends nothing else is refused.
   * @throws {AtalayaError} `unsupported` at the third in a row
   */
  admits({ width, height }: { readonly width: number; readonly height: number }): boolean {
    const isAdmitted = width * height <= MAX_PIXELS
    this.#refused = isAdmitted ? 0 : this.#refused + 1
    if (this.#refused < MAX_REFUSED) return isAdmitted
    throw new AtalayaError(
      'unsupported',
      `The camera sends pictures of ${width}x${height} pixels; more than ${MAX_PIXELS / 1_000_000} megapixels are not supported: set a smaller size in the camera.`,
    )
  }
}

const MAX_PIXELS = 50_000_000
const MAX_REFUSED = 3
