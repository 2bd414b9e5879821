import type { Rendition } from '../../media/rendition.ts'
import { micros, now } from '../../media/time.ts'
import type { TestPattern } from '../engine.ts'
import { encodePacketFields, MESSAGE } from '../protocol.ts'
import { H264Encoder } from './h264-encoder.ts'
import type { Session, SessionOutput } from './session.ts'
import { TestPicture } from './test-picture.ts'

/** Draws a moving test picture at its rate and sends it coded as H.264. */
export class GeneratorSession implements Session {
  readonly #output: SessionOutput
  readonly #wake: () => void
  readonly #picture: TestPicture
  readonly #encoder: H264Encoder
  readonly #interval: number
  readonly #startedAt = now()
  /** Counts the moments at which a picture is due, drawn or not. */
  #count = 0
  #timer: NodeJS.Timeout | undefined

  /** `wake` is called when there is work. */
  constructor(pattern: TestPattern, output: SessionOutput, wake: () => void) {
    this.#output = output
    this.#wake = wake
    this.#picture = new TestPicture(pattern)
    this.#encoder = new H264Encoder(pattern)
    this.#interval = 1_000_000 / pattern.fps
    this.#schedule()
  }

  work(): boolean {
    const capturedAt = now()
    const frame = this.#picture.draw(this.#count)
    const { data, keyframe } = this.#encoder.encode(frame)
    frame.unref()
    const pts = micros(this.#count * this.#interval)
    if (!this.#output.isClogged) {
      const fields = encodePacketFields({ sequence: this.#count, pts, dts: pts, capturedAt, keyframe, catchUp: false })
      this.#output.send(MESSAGE.generated, fields, data)
    }
    this.#schedule()
    return false
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#picture.close()
    this.#encoder.close()
  }

  decode(_body: Buffer): boolean {
    throw new TypeError('a generator decodes nothing')
  }

  setRenditions(_renditions: ReadonlyMap<number, Rendition>): void {
    throw new TypeError('a generator makes no renditions')
  }

  /** By absolute deadlines, so that the rate is exact; deadlines that have passed meanwhile are left out. */
  #schedule(): void {
    const elapsed = now() - this.#startedAt
    this.#count = Math.max(this.#count + 1, Math.floor(elapsed / this.#interval))
    const wait = this.#count * this.#interval - elapsed
    this.#timer = setTimeout(this.#wake, Math.max(0, Math.round(wait / 1000)))
  }
}
