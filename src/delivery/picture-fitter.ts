import { FrameRateCap } from '../engine/frame-rate-cap.ts'
import type { Picture } from '../media/picture.ts'
import type { RenditionRequest } from '../media/rendition.ts'
import { RungChooser } from './choose-rung.ts'
import { rungCost } from './quality-ladder.ts'

/** Whose pictures are fitted. */
export interface PictureFitterParts {
  /** What was asked for: the best that there will be. */
  readonly request: RenditionRequest
  /** The quality of the camera's full pictures. */
  readonly quality: number
  /** Pictures a second of the camera, as they come in. */
  readonly sourceFps: () => number
  /** Asks for other pictures from now on. */
  readonly change: (request: RenditionRequest) => void
  /** The clock in milliseconds. */
  readonly now?: () => number
}

/**
 * Fits the pictures of one viewer to what there is for it of a line: fewer of them first, then coarser, then smaller ones, and
 * better ones again when there is more.
 */
export class PictureFitter {
  readonly #parts: PictureFitterParts
  #chooser: RungChooser | undefined
  #pictureBytes: number | undefined
  #cap: { readonly fps: number; readonly frames: FrameRateCap } | undefined

  /** Bytes a second that the best pictures would take; undefined until that can be told. */
  fullBytesPerSecond: number | undefined

  constructor(parts: PictureFitterParts) {
    this.#parts = parts
  }

  /**
   * A picture has come; false where the line cannot bear it. It may have other pictures asked for.
   * @param drain bytes a second that there are for this viewer; undefined until that is known
   */
  admits(picture: Picture, drain: number | undefined): boolean {
    const bytes = picture.data.length
    this.#pictureBytes = this.#pictureBytes === undefined ? bytes : this.#pictureBytes + (bytes - this.#pictureBytes) / RECENT
    const rung = this.#chooser?.rung ?? {}
    const full = this.#chooser?.full ?? this.#fullPictures(picture)
    this.fullBytesPerSecond = (this.#pictureBytes * (rung.fps ?? full.fps)) / rungCost(rung, full)
    if (drain === undefined) return true
    this.#chooser ??= new RungChooser(full)
    const { request, change, now = () => performance.now() } = this.#parts
    const reading = { at: now(), drain, pictureBytes: this.#pictureBytes }
    if (this.#chooser.choose(reading)) {
      this.#pictureBytes = undefined
      change({ ...request, ...this.#chooser.rung, isAdaptive: true })
    }
    const { fps = Number.POSITIVE_INFINITY } = this.#chooser.rung
    return this.#isDue(picture, Math.min(fps * UNEVEN, this.#chooser.bearableFps(reading)))
  }

  #fullPictures({ width }: Picture) {
    const { request, sourceFps, quality } = this.#parts
    const fps = Math.max(1, sourceFps() || USUAL_FPS)
    return { width, fps: Math.min(fps, request.fps ?? fps), quality }
  }

  /** A rendition shared with others may come faster than this line can bear. */
  #isDue({ capturedAt }: Picture, fps: number): boolean {
    const limit = Math.round(fps * 4) / 4
    if (!(limit < (this.#chooser?.full.fps ?? 0))) return true
    if (this.#cap?.fps !== limit) this.#cap = { fps: limit, frames: new FrameRateCap(limit) }
    return this.#cap.frames.takes(capturedAt)
  }
}

/** Whether a viewer has not had this picture yet, who may be given it again in another form. The pictures of another stream have other numbers. */
export function isNews(picture: Picture, last: Picture | undefined): boolean {
  return !last || picture.sequence > last.sequence || picture.capturedAt > last.capturedAt
}

/** The mean size of pictures follows the last few of them. */
const RECENT = 5
/** Pictures of a step's own rate do not come evenly, and are all wanted. */
const UNEVEN = 1.2
const USUAL_FPS = 25
