import type { PictureTransform } from './picture-transform.ts'

/** What a viewer may ask of pictures; what is left out is the camera's own. */
export interface RenditionRequest {
  /** A box in pixels that the picture must fit into, its aspect kept; never larger than the camera's picture. */
  readonly width?: number | undefined
  readonly height?: number | undefined
  /** At most so many pictures a second. */
  readonly fps?: number | undefined
  /** 1–100, as users of libjpeg know it. */
  readonly quality?: number | undefined
  /** Chosen to suit a viewer's line: it must not take the place of what others ask for exactly. */
  readonly isAdaptive?: boolean | undefined
}

/** A flavour of pictures, decided: every field is exact. */
export interface Rendition {
  /** Size of the JPEG in pixels, both even. */
  readonly width: number
  readonly height: number
  /** At most so many pictures a second; absent: every picture of the camera. */
  readonly fps?: number | undefined
  /** 1–100, as users of libjpeg know it. */
  readonly quality: number
  /** The camera's own JPEGs, untouched: nothing is decoded for it. */
  readonly isNative?: boolean
  /** Done before the size above is reached. */
  readonly transform?: PictureTransform | undefined
}
