import { AVMEDIA_TYPE_VIDEO } from 'node-av/constants'
import { Dictionary, FFmpegError, FormatContext, InputFormat, Packet, type Stream } from 'node-av/lib'
import type { InputRequest } from '../engine.ts'
import { InputError, inputError } from '../input-failure.ts'

/** So long a camera may take to answer. */
const OPEN_TIMEOUT_MS = 10_000
/** How much of a stream without a description is read to learn what it is: microseconds. */
const ANALYSIS_SPAN = 1_000_000n

/** One opened demuxer and the first video in it. Its calls must not overlap, `interrupt` excepted. */
export class LibavInput {
  readonly packet = new Packet()
  readonly #request: InputRequest
  readonly #context = new FormatContext()
  #stream: Stream | undefined

  private constructor(request: InputRequest) {
    this.#request = request
    // Before it is opened: only a context that exists by then can be interrupted while it opens.
    this.#context.allocContext()
    this.packet.alloc()
  }

  /**
   * @param opening gets the input before it is opened, so that it can be interrupted.
   * @throws {InputError}
   */
  static async open(request: InputRequest, opening: (input: LibavInput) => void): Promise<LibavInput> {
    let failure: unknown
    for (const options of request.options) {
      const input = new LibavInput(request)
      opening(input)
      try {
        await input.#open(options)
        return input
      } catch (error) {
        failure = error
        await input.close()
      }
    }
    throw failure
  }

  /** The video that is read. */
  get stream(): Stream {
    if (!this.#stream) throw new TypeError('the input is not open')
    return this.#stream
  }

  /**
   * Reads the next packet of the video into `packet`; false at the end of a file.
   * @throws {InputError}
   */
  async next(): Promise<boolean> {
    for (;;) {
      this.packet.unref()
      const code = await this.#context.readFrame(this.packet)
      if (code === AVERROR_EOF && this.#request.kind !== 'stream') return false
      if (code === AVERROR_EAGAIN) continue
      if (code < 0) throw inputError(code, new FFmpegError(code).message, this.#request)
      if (this.packet.streamIndex === this.stream.index) return true
    }
  }

  /** Makes a call that waits for the camera return. */
  interrupt(): void {
    this.#context.interrupt()
  }

  async close(): Promise<void> {
    this.packet.free()
    await this.#context.closeInput()
  }

  async #open(options: Readonly<Record<string, string>>): Promise<void> {
    const { kind, address, name } = this.#request
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      this.#context.interrupt()
    }, OPEN_TIMEOUT_MS)
    try {
      const format = kind === 'device' ? InputFormat.findInputFormat('v4l2') : null
      if (kind === 'device' && !format) throw new InputError('unsupported', 'This build of libav cannot read USB cameras.')
      const opened = await this.#context.openInput(address, format, Dictionary.fromObject({ ...options }))
      if (isLate) throw new InputError('unreachable', `${name} does not answer.`)
      if (opened < 0) throw inputError(opened, new FFmpegError(opened).message, this.#request)
      // RTSP describes its streams; a device is asked what it gives.
      this.#context.maxAnalyzeDuration = ANALYSIS_SPAN
      if (kind === 'file' || (kind === 'stream' && !address.startsWith('rtsp'))) await this.#context.findStreamInfo(null)
      if (isLate) throw new InputError('unreachable', `${name} does not answer.`)
      this.#stream = this.#context.streams.find(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_VIDEO)
      if (!this.#stream) throw new InputError('unsupported', `There is no video in ${name}.`)
    } finally {
      clearTimeout(timer)
    }
  }
}

const AVERROR_EOF = -0x20464f45
const AVERROR_EAGAIN = -11
