/** What is done to every picture of a camera: cropped first, then turned, then mirrored. */
export interface PictureTransform {
  /** The part of the camera's picture that is kept. */
  readonly crop?: PictureCrop | undefined
  /** Degrees clockwise. */
  readonly rotate?: 90 | 180 | 270 | undefined
  readonly flip?: 'horizontal' | 'vertical' | undefined
}

/** In per cent of the camera's picture, so that it means the same for streams of every size. */
export interface PictureCrop {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** A rectangle in pixels, on even places as 4:2:0 needs them. */
export interface PixelArea {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** The part of a picture of this size that is kept, at least two by two pixels. */
export function croppedArea(size: { width: number; height: number }, crop: PictureCrop | undefined): PixelArea {
  if (!crop) return { left: 0, top: 0, ...size }
  const left = Math.min(evenPart(size.width, crop.left), size.width - 2)
  const top = Math.min(evenPart(size.height, crop.top), size.height - 2)
  return {
    left,
    top,
    width: Math.min(Math.max(2, evenPart(size.width, crop.width)), size.width - left),
    height: Math.min(Math.max(2, evenPart(size.height, crop.height)), size.height - top),
  }
}

/** The size that pictures of this size have after the transform. */
export function transformedSize(
  size: { width: number; height: number },
  transform: PictureTransform | undefined,
): { width: number; height: number } {
  const { width, height } = croppedArea(size, transform?.crop)
  return isSideways(transform) ? { width: height, height: width } : { width, height }
}

/** Whether width and height change places. */
export function isSideways(transform: PictureTransform | undefined): boolean {
  return transform?.rotate === 90 || transform?.rotate === 270
}

function evenPart(pixels: number, percent: number): number {
  return 2 * Math.round((pixels * percent) / 200)
}
