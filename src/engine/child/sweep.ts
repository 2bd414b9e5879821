import type { Frame } from 'node-av/lib'

/** One sweep from side to side takes so long. */
const PERIOD_MS = 2000
/** Luma of the track and of the head (limited range), and the head's chroma: a warm amber. */
const TRACK = { luma: 44, cb: 132, cr: 124 }
const HEAD = { luma: 190, cb: 62, cr: 164 }

/** A light with a fading tail that sweeps along a line below the time, so that a still picture is seen to be still. */
export class Sweep {
  readonly #left: number
  readonly #top: number
  readonly #length: number
  readonly #thickness: number
  /** The line with the head at its end, twice over: any turn of it is one piece of this. */
  readonly #luma: Uint8Array
  readonly #cb: Uint8Array
  readonly #cr: Uint8Array

  constructor({ width, height }: { readonly width: number; readonly height: number }) {
    this.#left = even(width * 0.12)
    this.#length = Math.max(2, even(width * 0.76))
    this.#top = even(height * 0.78)
    this.#thickness = Math.max(2, even(height / 90))
    this.#luma = profile(this.#length, TRACK.luma, HEAD.luma)
    this.#cb = profile(this.#length / 2, TRACK.cb, HEAD.cb)
    this.#cr = profile(this.#length / 2, TRACK.cr, HEAD.cr)
  }

  /** Draws onto a writable 4:2:0 frame. */
  draw(frame: Frame, epochMs: number): void {
    const planes = frame.data
    if (planes === null) return
    const head = even(((epochMs % PERIOD_MS) / PERIOD_MS) * this.#length)
    this.#fill(planes[0], frame.linesize[0], { line: this.#luma, head, scale: 1 })
    this.#fill(planes[1], frame.linesize[1], { line: this.#cb, head, scale: 2 })
    this.#fill(planes[2], frame.linesize[2], { line: this.#cr, head, scale: 2 })
  }

  #fill(plane: Buffer | undefined, stride: number | undefined, part: { line: Uint8Array; head: number; scale: number }): void {
    if (plane === undefined || stride === undefined) return
    const length = this.#length / part.scale
    const begin = length - part.head / part.scale
    const line = part.line.subarray(begin, begin + length)
    const top = this.#top / part.scale
    for (let y = top; y < top + this.#thickness / part.scale; y++) plane.set(line, y * stride + this.#left / part.scale)
  }
}

function profile(length: number, track: number, head: number): Uint8Array {
  const line = new Uint8Array(2 * length)
  for (let x = 0; x < line.length; x++) {
    const nearness = Math.max(0, ((x % length) / length - 0.6) / 0.4)
    line[x] = Math.round(track + (head - track) * nearness ** 2)
  }
  return line
}

function even(value: number): number {
  return Math.floor(value / 2) * 2
}
