import type { Socket } from 'node:net'
import { type TcpProgress, tcpProgressOf } from '../lib/tcp-progress.ts'
import type { Picture } from '../media/picture.ts'
import { DrainMeter } from './drain-meter.ts'
import { PictureFitter, type PictureFitterParts } from './picture-fitter.ts'

/** The viewer whose pictures are fitted to its line. */
export interface AdaptiveQualityParts extends PictureFitterParts {
  /** Of the viewer alone; undefined where others share it. */
  readonly socket: Socket | undefined
  /** The line is free for another picture. */
  readonly onClear: () => void
}

/** Fits the pictures of one viewer to what the line takes that it has for itself. */
export class AdaptiveQuality implements Disposable {
  readonly #parts: AdaptiveQualityParts
  readonly #taken: TakenBytes
  readonly #meter: DrainMeter
  readonly #fitter: PictureFitter
  #poll: NodeJS.Timeout | undefined

  constructor(parts: AdaptiveQualityParts) {
    this.#parts = parts
    this.#taken = new TakenBytes()
    this.#meter = new DrainMeter((parts.socket && tcpProgressOf(parts.socket)) ?? (() => this.#taken.progress))
    this.#fitter = new PictureFitter(parts)
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
    return this.#fitter.admits(picture, this.#meter.bytesPerSecond)
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

const POLL_MS = 10
/** What the kernel takes before it is on its way (`src/lib/unsent-limit.ts`). */
const KERNEL_BYTES = 16 * 1024
