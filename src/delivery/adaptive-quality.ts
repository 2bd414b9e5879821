import type { Socket } from 'node:net'
import { FrameRateCap } from '../engine/frame-rate-cap.ts'
import { type TcpProgress, tcpProgressOf } from '../lib/tcp-progress.ts'
import type { Picture } from '../media/picture.ts'
import type { RenditionRequest } from '../media/rendition.ts'
import { RungChooser } from './choose-rung.ts'
import { DrainMeter } from './drain-meter.ts'

/** The viewer whose pictures are fitted to its line. */
export interface AdaptiveQualityParts {
  /** Of the viewer alone; undefined where others share it. */
  readonly socket: Socket | undefined
  /** What was asked for: the best that there will be. */
  readonly request: RenditionRequest
  /** The quality of the camera's full pictures. */
  readonly quality: number
  /** Pictures a second of the camera, as they come in. */
  readonly sourceFps: () => number
  /** Asks for other pictures from now on. */
  readonly change: (request: RenditionRequest) => void
  /** The line is free for another picture. */
  readonly onClear: () => void
}

/**
 * Fits the pictures of one viewer to what its line takes: fewer of them first, then coarser, then smaller ones, and better
 * ones again when the line recovers.
 */
export class AdaptiveQuality implements Disposable {
  readonly #parts: AdaptiveQualityParts
  readonly #taken: TakenBytes
  readonly #meter: DrainMeter
  #chooser: RungChooser | undefined
  #pictureBytes: number | undefined
  #cap: { readonly fps: number; readonly frames: FrameRateCap } | undefined
  #poll: NodeJS.Timeout | undefined

  constructor(parts: AdaptiveQualityParts) {
    this.#parts = parts
    this.#taken = new TakenBytes()
    this.#meter = new DrainMeter((parts.socket && tcpProgressOf(parts.socket)) ?? (() => this.#taken.progress))
  }

  /** Bytes a second that the line takes; undefined until that is known. */
  get bytesPerSecond(): number | undefined {
    return this.#meter.bytesPerSecond
  }

  /** The line is free for another picture. */
  get isClear(): boolean {
    return this.#meter.look()
  }

  /** A picture has come; false where the line cannot bear it. It may have other pictures asked for. */
  admits(picture: Picture): boolean {
    const bytes = picture.data.length
    this.#pictureBytes = this.#pictureBytes === undefined ? bytes : this.#pictureBytes + (bytes - this.#pictureBytes) / RECENT
    this.#chooser ??= new RungChooser(this.#fullPictures(picture))
    const drain = this.#meter.bytesPerSecond
    if (drain === undefined) return true
    const reading = { at: performance.now(), drain, pictureBytes: this.#pictureBytes }
    if (this.#chooser.choose(reading)) {
      this.#pictureBytes = undefined
      this.#parts.change({ ...this.#parts.request, ...this.#chooser.rung, isAdaptive: true })
    }
    const { fps = Number.POSITIVE_INFINITY } = this.#chooser.rung
    return this.#isDue(picture, Math.min(fps * UNEVEN, this.#chooser.bearableFps(reading)))
  }

  /** Bytes are about to be written to the socket. */
  sending(bytes: number): void {
    this.#meter.begin()
    this.#taken.write(bytes)
    this.#watch()
  }

  /** The kernel has taken what was written last. */
  sent(): void {
    this.#taken.take()
    this.#meter.look()
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#poll)
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

  #watch(): void {
    clearTimeout(this.#poll)
    this.#poll = setTimeout(() => {
      if (this.isClear) this.#parts.onClear()
      if (this.#meter.isBusy) this.#watch()
    }, POLL_MS)
  }
}

/** What stands for the kernel's figures where those are not to be had: when it has taken all, the line has taken most. */
class TakenBytes {
  #bytes = 0
  #pending = 0
  #takenAt = performance.now()

  get progress(): TcpProgress {
    const sinceAckMs = performance.now() - this.#takenAt
    return { acked: this.#bytes, outstanding: this.#pending, segment: KERNEL_BYTES / 2, minRttMs: 0, sinceAckMs }
  }

  write(bytes: number): void {
    this.#pending += bytes
  }

  take(): void {
    this.#bytes += this.#pending
    this.#pending = 0
    this.#takenAt = performance.now()
  }
}

/** The mean size of pictures follows the last few of them. */
const RECENT = 5
/** Pictures of a step's own rate do not come evenly, and are all wanted. */
const UNEVEN = 1.2
const POLL_MS = 10
const USUAL_FPS = 25
/** What the kernel takes before it is on its way (`src/lib/unsent-limit.ts`). */
const KERNEL_BYTES = 16 * 1024
