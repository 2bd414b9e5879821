import type { Packet } from '../../media/packet.ts'
import { type Micros, millis } from '../../media/time.ts'

/** What was seen of a stream so far. */
export interface StreamMeasure {
  /** Pictures a second as they arrived; undefined before there are enough of them. */
  readonly fps: number | undefined
  readonly bitsPerSecond: number | undefined
  /** From keyframe to keyframe, the longest seen; undefined before the first keyframe. */
  readonly gop: GopMeasure | undefined
  /** Groups of pictures seen whole. */
  readonly wholeGops: number
}

export interface GopMeasure {
  readonly pictures: number
  /** Null where the rate is not known. */
  readonly seconds: number | null
  /** False: no second keyframe came, so that it is at least this long. */
  readonly isWhole: boolean
}

/** Measures a stream by its packets as they arrive. */
export class StreamMeter {
  readonly #whole = new Span()
  /** Without the first second: many cameras begin with a burst of what they had stored. */
  readonly #settled = new Span()
  #firstAt: Micros | undefined
  #sinceKeyframe: number | undefined
  #longestGop = 0
  #wholeGops = 0

  add(packet: Packet, at: Micros): void {
    this.#firstAt ??= at
    this.#whole.add(packet.data.length, at)
    if (at - this.#firstAt >= SETTLING) this.#settled.add(packet.data.length, at)
    if (packet.keyframe) {
      if (this.#sinceKeyframe !== undefined) {
        this.#wholeGops++
        this.#longestGop = Math.max(this.#longestGop, this.#sinceKeyframe)
      }
      this.#sinceKeyframe = 0
    }
    if (this.#sinceKeyframe !== undefined) this.#sinceKeyframe++
  }

  get measure(): StreamMeasure {
    const span = this.#settled.pictures > MIN_PICTURES ? this.#settled : this.#whole
    const fps = span.fps
    return { fps, bitsPerSecond: span.bitsPerSecond, gop: this.#gop(fps), wholeGops: this.#wholeGops }
  }

  #gop(fps: number | undefined): GopMeasure | undefined {
    if (this.#sinceKeyframe === undefined) return undefined
    const isWhole = this.#wholeGops > 0 && this.#longestGop >= this.#sinceKeyframe
    const pictures = isWhole ? this.#longestGop : this.#sinceKeyframe
    return { pictures, seconds: fps === undefined ? null : pictures / fps, isWhole }
  }
}

const SETTLING = millis(1000)
const MIN_PICTURES = 3

/** Pictures between two instants; the first one only opens the span. */
class Span {
  pictures = 0
  #bytes = 0
  #from: Micros | undefined
  #to: Micros | undefined

  add(bytes: number, at: Micros): void {
    if (this.#from === undefined) {
      this.#from = at
      return
    }
    this.pictures++
    this.#bytes += bytes
    this.#to = at
  }

  get fps(): number | undefined {
    return this.#perSecond(this.pictures)
  }

  get bitsPerSecond(): number | undefined {
    return this.#perSecond(this.#bytes * 8)
  }

  #perSecond(count: number): number | undefined {
    const span = (this.#to ?? 0) - (this.#from ?? 0)
    return this.pictures >= MIN_PICTURES && span > 0 ? (count * 1e6) / span : undefined
  }
}
