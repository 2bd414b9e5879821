import type { RenditionRequest } from '../media/rendition.ts'

/** The best that a viewer could get. */
export interface FullPictures {
  /** In pixels. */
  readonly width: number
  /** Pictures a second. */
  readonly fps: number
  /** 1–100, as users of libjpeg know it. */
  readonly quality: number
}

/** What is asked for on one step; what is absent is as in the full pictures. */
export type Rung = Pick<RenditionRequest, 'width' | 'fps' | 'quality'>

/**
 * The steps down from the full pictures, each cheaper than the one before: first fewer pictures, then coarser ones, then
 * smaller ones, and last of all hardly any. They are the same for all viewers, so that those with like lines share renditions.
 */
export function qualityLadder(full: FullPictures): readonly Rung[] {
  const rates = RATES.filter((fps) => fps < full.fps * CLEARLY_LESS)
  const fps = rates.at(-1)
  const qualities = QUALITIES.filter((quality) => quality <= full.quality * CLEARLY_LESS)
  const quality = qualities.at(-1)
  const widths = WIDTHS.filter((width) => width < full.width * CLEARLY_LESS)
  const rungs: Rung[] = [
    {},
    ...rates.map((rate) => ({ fps: rate })),
    ...qualities.map((coarse) => ({ fps, quality: coarse })),
    ...widths.map((width) => ({ fps, quality, width })),
  ]
  const lowest = rungs.at(-1)
  return [...rungs, ...LAST_RATES.filter((rate) => rate < full.fps * CLEARLY_LESS).map((rate) => ({ ...lowest, fps: rate }))]
}

/** Bytes a second of a step, as a share of those of the full pictures: a forecast, to be corrected by what really comes. */
export function rungCost(rung: Rung, full: FullPictures): number {
  const rate = Math.min(1, (rung.fps ?? full.fps) / full.fps)
  const size = Math.min(1, (rung.width ?? full.width) / full.width) ** PIXELS_COST
  return rate * size * Math.min(1, coarseness(full.quality) / coarseness(rung.quality ?? full.quality)) ** QUALITY_COST
}

/** The factor by which libjpeg makes its quantiser coarser. */
function coarseness(quality: number): number {
  return quality < 50 ? 5000 / quality : Math.max(2, 200 - 2 * quality)
}

const RATES = [15, 10, 5]
const LAST_RATES = [2, 1]
const QUALITIES = [60, 45, 30]
const WIDTHS = [1920, 1280, 960, 640, 480, 320]
/** A step that saves less than this is not worth a change of picture. */
const CLEARLY_LESS = 0.85
/** Smaller pictures have more bytes for each pixel. */
const PIXELS_COST = 1.6
const QUALITY_COST = 0.6
