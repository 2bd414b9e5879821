import { AtalayaError } from '../../api/errors.ts'
import { joinAnnexB, splitAnnexB } from '../../media/annex-b.ts'
import { NAL, nalType } from '../../media/h264.ts'
import type { Track } from '../../media/packet.ts'
import { micros, now } from '../../media/time.ts'
import type { Generator, GeneratorOutput, TestPattern } from '../engine.ts'
import { type FilterSpec, formatFilters } from '../filter-spec.ts'
import { backdrop, changingTexts } from '../test-picture-drawing.ts'
import { framed, jpegEncoder } from './decode-arguments.ts'
import type { FfmpegCommand } from './ffmpeg-command.ts'
import { FfmpegProcess } from './ffmpeg-process.ts'
import { FramedReader, readFrames, type WrittenFrame } from './framed-reader.ts'
import { textFilters } from './text-filters.ts'

/** Test pictures that a command draws: as H.264, or as JPEG where it was built without an encoder for that. */
export class CommandGenerator implements Generator {
  readonly #output: GeneratorOutput
  readonly #closed: () => void
  readonly #track: Track
  readonly #process: FfmpegProcess
  #isClosed = false

  constructor(command: FfmpegCommand, place: { pattern: TestPattern; closed: () => void }, output: GeneratorOutput) {
    const { width, height, fps } = place.pattern
    this.#output = output
    this.#closed = place.closed
    this.#track = { codec: command.hasX264 ? 'h264' : 'jpeg', width, height, fps }
    this.#process = new FfmpegProcess(command, generatorArguments(command, place.pattern), { outputs: 1 })
    readFrames(this.#process, 0, new FramedReader((frame) => this.#deliver(frame)))
    let lastWords = ''
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      lastWords = text.trim().slice(-500)
    })
    void this.#process.ended.then(({ signal }) => this.#ended(signal, lastWords))
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#process.kill()
    this.#closed()
  }

  #deliver({ time, keyframe, data }: WrittenFrame): void {
    if (this.#isClosed) return
    const pts = micros(time)
    const coded = this.#track.codec === 'h264' ? joinAnnexB(withoutSei(data)) : data
    this.#output.packet({ track: this.#track, data: coded, pts, dts: pts, keyframe, capturedAt: now() })
  }

  #ended(signal: NodeJS.Signals | null, lastWords: string): void {
    if (this.#isClosed) return
    this.close()
    const failure: [code: 'internal_error' | 'unsupported', words: string] =
      signal === null
        ? ['unsupported', `The ffmpeg command cannot draw these pictures: ${lastWords}.`]
        : ['internal_error', signal]
    this.#output.failed(new AtalayaError(...failure))
  }
}

function generatorArguments(command: FfmpegCommand, pattern: TestPattern): string[] {
  const rate = Math.max(1, Math.round(pattern.fps))
  const bt709 = ['-color_range', 'tv', '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709']
  const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-crf', '22', '-threads', '1', ...bt709]
  const keyframes = ['-bf', '0', '-g', `${rate}`, '-keyint_min', `${rate}`, '-sc_threshold', '0']
  const encoder = command.hasX264 ? [...x264, ...keyframes] : jpegEncoder(85)
  return [
    ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-filter_complex_threads', '1'],
    ...['-re', '-f', 'lavfi', '-i', picture(command, pattern), '-map', '0:v'],
    ...[...encoder, ...framed(command.hasX264 ? 'h264' : 'mjpeg', 3)],
  ]
}

/** The backdrop is drawn once and shown again and again; over it the texts and a light that sweeps along a line. */
function picture(command: FfmpegCommand, pattern: TestPattern): string {
  const { width, height, fps } = pattern
  const [source, toVideo, name] = backdrop(pattern)
  const drawn: FilterSpec[] = [
    { filter: source?.filter ?? 'color', options: { ...source?.options, rate: `${fps}` } },
    ...(toVideo ? [toVideo] : []),
    { filter: 'format', options: { pix_fmts: 'yuv420p' } },
    ...textFilters(command, name ? [name] : []),
    { filter: 'loop', options: { loop: '-1', size: '1' } },
    { filter: 'setpts', options: { expr: `N/(${fps}*TB)` } },
    ...textFilters(command, changingTexts(pattern)),
  ]
  const [left, length] = [even(width * 0.12), Math.max(2, even(width * 0.76))]
  const [top, thickness] = [even(height * 0.78), Math.max(2, even(height / 90))]
  const track: FilterSpec = {
    filter: 'drawbox',
    options: { x: `${left}`, y: `${top}`, w: `${length}`, h: `${thickness}`, color: '0x24303e', t: 'fill' },
  }
  const head = Math.max(2, even(length / 12))
  const light: FilterSpec = { filter: 'color', options: { color: '0xe0a030', size: `${head}x${thickness}`, rate: `${fps}` } }
  const sweep: FilterSpec = { filter: 'overlay', options: { x: `${left}+mod(t/2,1)*${length - head}`, y: `${top}` } }
  const last: FilterSpec[] = command.hasX264
    ? []
    : [
        { filter: 'scale', options: { in_color_matrix: 'bt709', out_color_matrix: 'bt601', in_range: 'tv', out_range: 'pc' } },
        { filter: 'format', options: { pix_fmts: 'yuv420p' } },
      ]
  return `${formatFilters([...drawn, track])}[below];${formatFilters([light])}[light];[below][light]${formatFilters([sweep, ...last])}`
}

function even(value: number): number {
  return Math.floor(value / 2) * 2
}

/** The encoder's supplemental information is its own settings as text. */
function* withoutSei(data: Buffer): Iterable<Uint8Array> {
  for (const nal of splitAnnexB(data)) {
    const type = nalType(nal[0] ?? 0)
    if (type !== NAL.SEI && type !== NAL.AUD) yield nal
  }
}
