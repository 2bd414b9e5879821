import type { VideoCodec } from '../../media/packet.ts'
import type { Rendition } from '../../media/rendition.ts'
import { decodeArguments, FIRST_PICTURE_FD, LUMA_FD } from './decode-arguments.ts'
import type { FfmpegCommand } from './ffmpeg-command.ts'
import { type CommandEnd, FfmpegProcess } from './ffmpeg-process.ts'
import { FramedReader, readFrames } from './framed-reader.ts'
import { matroskaHead, matroskaPacket } from './matroska.ts'
import { placeOf } from './timeline.ts'
import type { VideoDescription } from './video-description.ts'

/** What a decoding command tells; times are without marks. */
export interface DecodeListener {
  /** A frame was decoded; a damaged one is followed by others that are. */
  frame(time: number, isDamaged: boolean): void
  /** Nothing came of a packet. */
  undecodable(): void
  picture(output: Rendition, time: number, data: Buffer): void
  luma(time: number, data: Buffer): void
  /** Any sign of life. */
  alive(): void
  ended(end: CommandEnd, lastWords: string): void
}

/** One ffmpeg that decodes a stream of one description for a fixed set of renditions. */
export class DecodeProcess {
  readonly #codec: VideoCodec
  readonly #process: FfmpegProcess
  readonly #listener: DecodeListener
  #isDamaged = false
  #text = ''
  #lastWords = ''

  constructor(
    command: FfmpegCommand,
    stream: { readonly codec: VideoCodec; readonly video: VideoDescription },
    outputs: readonly Rendition[],
    listener: DecodeListener,
  ) {
    this.#codec = stream.codec
    this.#listener = listener
    const args = decodeArguments(command, stream.video, outputs)
    this.#process = new FfmpegProcess(command, args, { outputs: 1 + outputs.length })
    this.#process.stderr.setEncoding('latin1').on('data', (text: string) => this.#read(text))
    this.#listen(LUMA_FD, (time, data) =>
      listener.luma(time, data.subarray(PGM_HEAD.exec(data.toString('latin1', 0, 32))?.[0].length)),
    )
    for (const [index, output] of outputs.entries()) {
      this.#listen(FIRST_PICTURE_FD + index, (time, data) => listener.picture(output, time, data))
    }
    this.#process.stdin.write(matroskaHead({ codec: stream.codec, ...stream.video }))
    void this.#process.ended.then((end) => listener.ended(end, this.#lastWords))
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** What the system has not yet taken of what was written, in bytes. */
  get unwritten(): number {
    return this.#process.stdin.writableLength
  }

  /** `time` bears its marks. */
  write(packet: { readonly time: number; readonly keyframe: boolean; readonly data: Buffer }): void {
    const { stdin } = this.#process
    stdin.cork()
    for (const bytes of matroskaPacket(this.#codec, packet)) stdin.write(bytes)
    stdin.uncork()
  }

  /** Lets it finish what it has been given, after which it ends. */
  finish(): void {
    this.#process.stdin.end()
  }

  kill(): void {
    this.#process.kill()
  }

  #listen(descriptor: number, take: (time: number, data: Buffer) => void): void {
    const reader = new FramedReader(({ time, data }) => take(placeOf(time), data))
    readFrames(this.#process, descriptor - LUMA_FD, reader, () => this.#listener.alive())
  }

  #read(text: string): void {
    this.#listener.alive()
    const lines = (this.#text + text).split('\n')
    this.#text = (lines.pop() ?? '').slice(0, MAX_LINE)
    for (const line of lines) this.#readLine(line)
  }

  #readLine(line: string): void {
    const time = FRAME_LINE.exec(line)?.[1]
    if (time !== undefined) {
      this.#listener.frame(placeOf(Number(time)), this.#isDamaged)
      this.#isDamaged = false
      return
    }
    if (line.includes('corrupt decoded frame')) this.#isDamaged = true
    else if (UNDECODABLE.test(line)) this.#listener.undecodable()
    if (line !== '' && !line.startsWith('#')) this.#lastWords = line.slice(0, MAX_LINE)
  }
}

const MAX_LINE = 500
/** `P5`, width, height and the highest value, each followed by one blank (Netpbm's PGM). */
const PGM_HEAD = /^P5\s\d+\s\d+\s\d+\s/
/** In the words of older and of newer versions. */
const UNDECODABLE = /Error while decoding stream|Error submitting packet to decoder/
/** Stream, decoding time, time of presentation. */
const FRAME_LINE = /^0, *-?\d+, *(\d+), *\d+, *\d+, *0x/
