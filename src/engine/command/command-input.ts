import { constants } from 'node:os'
import { AtalayaError } from '../../api/errors.ts'
import type { Track } from '../../media/packet.ts'
import { micros, now } from '../../media/time.ts'
import type { Input, InputOutput, InputRequest } from '../engine.ts'
import { CodedVideo } from './coded-video.ts'
import type { FfmpegCommand } from './ffmpeg-command.ts'
import { FfmpegProcess } from './ffmpeg-process.ts'
import { playFolder } from './folder-player.ts'
import { FramedReader, readFrames, type WrittenFrame } from './framed-reader.ts'
import { type InputMode, inputArguments, inputScript } from './input-arguments.ts'
import { inputFailure, statedCodec, statedFps } from './input-words.ts'

/** So long a closed input may take to let go before its caller goes on. */
const CLOSE_TIMEOUT_MS = 60
/** So long a stream of the network may take to say goodbye to its camera, of which nobody waits for more than the above. */
const GOODBYE_TIMEOUT_MS = 1000
const MAX_WORDS = 16_384
/** How long the last picture of a file is shown. */
const LAST_PICTURE = 33_000

/** Something that an ffmpeg command reads. It fails once, and does not try again. */
export class CommandInput implements Input {
  readonly #command: FfmpegCommand
  readonly #request: InputRequest
  readonly #output: InputOutput
  readonly #crashed: () => void
  readonly #stop = new AbortController()
  /** Settles when everything is released. */
  readonly #released: Promise<void>
  #process: FfmpegProcess | undefined
  #track: Track | undefined
  /** Where the time line of the command that runs begins on that of the packets. */
  #origin = 0
  #lastTime = 0
  #lastDts = Number.MIN_SAFE_INTEGER
  #needsKeyframe = true

  /** `closed` is called when nothing runs any longer. */
  constructor(
    command: FfmpegCommand,
    place: { request: InputRequest; closed: () => void; crashed: () => void },
    output: InputOutput,
  ) {
    this.#command = command
    this.#request = place.request
    this.#output = output
    this.#crashed = place.crashed
    this.#released = this.#run().finally(place.closed)
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  async close(): Promise<void> {
    this.#stop.abort()
    // A device must be free before anybody opens it again; who has left a camera may come back at any time.
    const isDevice = this.#request.kind === 'device'
    if (this.#request.kind === 'file') this.#process?.kill()
    else this.#process?.terminate()
    const timer = setTimeout(() => this.#process?.kill(), isDevice ? CLOSE_TIMEOUT_MS : GOODBYE_TIMEOUT_MS)
    void this.#released.then(() => clearTimeout(timer))
    let waited: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      waited = setTimeout(resolve, CLOSE_TIMEOUT_MS)
    })
    await (isDevice ? this.#released : Promise.race([this.#released, patience]))
    clearTimeout(waited)
  }

  /** As `close`, and waits until its process has ended. */
  async release(): Promise<void> {
    await this.close()
    await this.#released
  }

  async #run(): Promise<void> {
    try {
      if (this.#request.kind === 'folder') await this.#playFolder()
      else await this.#play()
    } catch (error) {
      const failure = error instanceof AtalayaError ? error : new AtalayaError('internal_error', undefined, { cause: error })
      if (!this.#stop.signal.aborted) this.#output.failed(failure)
    }
  }

  async #playFolder(): Promise<void> {
    const video = new CodedVideo('jpeg', undefined)
    await playFolder(this.#command, this.#request, this.#stop.signal, (frame) => this.#deliver(video, frame))
  }

  /** One command after the other: only what ffmpeg says of an input tells how its video is taken. */
  async #play(): Promise<void> {
    const { kind, options } = this.#request
    const tried = new Set<InputMode>()
    let mode: InputMode = kind === 'device' ? 'jpeg' : 'h264'
    for (let set = 0; set < options.length; ) {
      tried.add(mode)
      const { words, codec, isDelivered, isComplete, violence } = await this.#playOnce(options[set] ?? {}, mode)
      if (this.#stop.signal.aborted) return
      if (violence !== undefined) throw new AtalayaError('internal_error', `The ffmpeg command ended (${violence}).`)
      const right: InputMode = codec === undefined ? mode : (MODES.get(codec) ?? 'transcode')
      if (isDelivered && kind === 'file' && isComplete) this.#origin = this.#lastTime + LAST_PICTURE
      else if (!isDelivered && !tried.has(right)) mode = right
      else if (!isDelivered && set + 1 < options.length) set++
      else
        throw isDelivered && kind === 'stream'
          ? new AtalayaError('closed', `${this.#request.name} ended the stream.`)
          : inputFailure(words, this.#request)
    }
  }

  async #playOnce(options: Readonly<Record<string, string>>, mode: InputMode): Promise<Played> {
    const script = inputScript(this.#request, options)
    const running = new FfmpegProcess(this.#command, inputArguments(this.#request, options, mode), {
      outputs: 1,
      isGuarded: true,
    })
    this.#process = running
    if (this.#stop.signal.aborted) running.kill()
    let words = ''
    let isDelivered = false
    let video: CodedVideo | undefined
    running.stderr.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(0, MAX_WORDS)
    })
    const codecOf = () => reader.facts.get('codec_id') ?? statedCodec(words)
    const reader = new FramedReader((frame) => {
      if (mode === 'jpeg' && codecOf() !== 'mjpeg') {
        running.kill()
        return
      }
      video ??= new CodedVideo(mode === 'transcode' ? 'jpeg' : mode, statedFps(words))
      isDelivered = this.#deliver(video, frame) || isDelivered
    })
    readFrames(running, 0, reader)
    running.stdin.end(script)
    const { code, signal, isOurs } = await running.ended
    this.#process = undefined
    const violence = isOurs ? undefined : violentEnd(code, signal)
    // A kill from outside is nobody's fault.
    if (violence !== undefined && violence !== 'SIGKILL' && violence !== 'SIGTERM') this.#crashed()
    const codec = mode === 'transcode' ? undefined : (statedCodec(words) ?? codecOf())
    return { words, codec, isDelivered, isComplete: code === 0, violence }
  }

  #deliver(video: CodedVideo, { time, decodeAt, keyframe, data }: WrittenFrame): boolean {
    const picture = this.#stop.signal.aborted ? undefined : video.take(data, keyframe)
    if (!picture || (this.#needsKeyframe && !picture.keyframe)) return false
    this.#needsKeyframe = false
    if (picture.track !== this.#track) {
      this.#track = picture.track
      this.#output.track(picture.track)
    }
    // The first times of a camera may step back.
    this.#lastDts = Math.max(this.#origin + decodeAt, this.#lastDts + 1)
    const pts = Math.max(this.#origin + time, this.#lastDts)
    this.#lastTime = Math.max(this.#lastTime, pts)
    this.#output.packet({ ...picture, pts: micros(pts), dts: micros(this.#lastDts), capturedAt: now() })
    return true
  }
}

/** The signal that ended a command. A shell says of its child's that it ended with 128 and the signal's number. */
function violentEnd(code: number | null, signal: NodeJS.Signals | null): NodeJS.Signals | undefined {
  if (signal !== null) return signal
  const [name] = Object.entries(constants.signals).find(([, number]) => code === 128 + number) ?? []
  return name as NodeJS.Signals | undefined
}

/** How one command ended. */
interface Played {
  readonly words: string
  /** Of the video, by ffmpeg's name, where that decides how it is taken. */
  readonly codec: string | undefined
  readonly isDelivered: boolean
  /** It came to the end of what there was to play. */
  readonly isComplete: boolean
  /** The signal of somebody else that ended it. */
  readonly violence: NodeJS.Signals | undefined
}

const MODES: ReadonlyMap<string, InputMode> = new Map<string, InputMode>([
  ['h264', 'h264'],
  ['hevc', 'h265'],
  ['mjpeg', 'jpeg'],
])
