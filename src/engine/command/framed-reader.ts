import type { FfmpegProcess } from './ffmpeg-process.ts'

/** One coded frame that a command has written. */
export interface WrittenFrame {
  /** In microseconds on the command's time line. */
  readonly time: number
  /** The time of decoding. */
  readonly decodeAt: number
  readonly keyframe: boolean
  readonly data: Buffer
}

/** What a command says of a stream before its first frame, by ffmpeg's words: `codec_id`, `dimensions`, `tb` … */
export type StreamFacts = ReadonlyMap<string, string>

/**
 * Reads what ffmpeg writes when its `tee` sends a stream to `framecrc` and, after that, as it is to the same pipe: a line of text
 * with time and size, then the bytes.
 */
export class FramedReader {
  readonly #facts = new Map<string, string>()
  readonly #frame: (frame: WrittenFrame) => void
  /** Of a line that is not yet complete. */
  #line = ''
  #time = 0
  #decodeAt = 0
  #keyframe = false
  #body: Buffer | undefined
  #filled = 0
  #tick = 1

  constructor(frame: (frame: WrittenFrame) => void) {
    this.#frame = frame
  }

  get facts(): StreamFacts {
    return this.#facts
  }

  /** @throws {RangeError} when it is something else. */
  push(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) at = this.#body ? this.#readBody(this.#body, bytes, at) : this.#readLine(bytes, at)
  }

  #readLine(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(0x0a, at)
    this.#line += bytes.toString('latin1', at, end < 0 ? bytes.length : end)
    if (this.#line.length > MAX_LINE) throw new RangeError('no frame of ffmpeg')
    if (end < 0) return bytes.length
    const line = this.#line
    this.#line = ''
    if (line.startsWith('#')) this.#readFact(line)
    else this.#beginBody(line)
    return end + 1
  }

  #readFact(line: string): void {
    const [, name, value] = /^#(\w+) 0: (.*)$/.exec(line) ?? []
    if (name === undefined || value === undefined) return
    this.#facts.set(name, value)
    const [numerator, denominator] = value.split('/').map(Number)
    if (name === 'tb' && numerator && denominator) this.#tick = (1_000_000 * numerator) / denominator
  }

  /** Stream, decoding time, presentation time, duration, size, checksum, and flags where they are not those of a keyframe. */
  #beginBody(line: string): void {
    const [, dts, pts, size, flags] = /^0, *(-?\d+), *(-?\d+), *-?\d+, *(\d+), *0x\w+(?:, *F=0x(\w+))?/.exec(line) ?? []
    if (pts === undefined || Number(size) > MAX_BYTES) throw new RangeError('no frame of ffmpeg')
    this.#time = Math.round(Number(pts) * this.#tick)
    this.#decodeAt = Math.round(Number(dts) * this.#tick)
    this.#keyframe = flags === undefined || (Number.parseInt(flags, 16) & 1) !== 0
    this.#body = Buffer.allocUnsafe(Number(size))
    this.#filled = 0
  }

  #readBody(body: Buffer, bytes: Buffer, at: number): number {
    const copied = bytes.copy(body, this.#filled, at)
    this.#filled += copied
    if (this.#filled === body.length) {
      this.#body = undefined
      this.#frame({ time: this.#time, decodeAt: this.#decodeAt, keyframe: this.#keyframe, data: body })
    }
    return at + copied
  }
}

const MAX_LINE = 4096
const MAX_BYTES = 64 * 1024 * 1024

/** Reads all that a command writes to one of its pipes; one that writes something else is killed. */
export function readFrames(running: FfmpegProcess, output: number, reader: FramedReader, heard?: () => void): void {
  running.output(output).on('data', (bytes: Buffer) => {
    heard?.()
    try {
      reader.push(bytes)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      running.output(output).removeAllListeners('data').resume()
      running.kill()
    }
  })
}
