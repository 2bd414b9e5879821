/** How pictures fill their place, as CSS `object-fit` names it. */
export type Fit = 'contain' | 'cover' | 'fill'

/** A place on the screen. */
export interface Place {
  /** In CSS pixels. */
  readonly width: number
  readonly height: number
  /** Pixels of the screen to one of CSS. */
  readonly pixelRatio: number
  readonly fit: Fit
  /** Width by height of the camera's pictures; unknown before the first. */
  readonly aspect: number | undefined
}

/**
 * How wide pictures have to be to fill a place, rounded up to one of few steps: all who watch a camera in about one size share one
 * rendition. Undefined for a place without any size.
 */
export function neededWidth({ width, height, pixelRatio, fit, aspect }: Place): number | undefined {
  if (width < 1 || height < 1) return undefined
  const byHeight = height * (aspect ?? USUAL_ASPECT)
  const needed = fit === 'contain' ? Math.min(width, byHeight) : fit === 'cover' ? Math.max(width, byHeight) : width
  return STEPS.find((step) => step >= needed * pixelRatio - TOLERANCE) ?? STEPS.at(-1)
}

/** How many pictures a second do a place of this width justice; undefined: every one. Small ones are many on a page. */
export function neededFps(width: number | undefined): number | undefined {
  if (width === undefined || width > 480) return undefined
  return width > 240 ? 15 : 10
}

const STEPS = [160, 240, 320, 480, 640, 800, 960, 1280, 1600, 1920, 2560, 3840]
const USUAL_ASPECT = 16 / 9
/** Nobody sees so few pixels, and borders take them. */
const TOLERANCE = 8
