import { spawnSync } from 'node:child_process'
import { AV_PIX_FMT_YUV420P, AVCOL_RANGE_JPEG } from 'node-av/constants'
import { Frame } from 'node-av/lib'
import type { JpegEncoder } from '../src/engine/child/jpeg-encoder.ts'
import { LibavJpegEncoder } from '../src/engine/child/libav-jpeg-encoder.ts'
import { loadTurboJpeg, TurboJpegEncoder } from '../src/engine/child/turbo-jpeg-encoder.ts'
import { JpegDecoder, type Luma } from '../test/e2e/jpeg-pixels.ts'
import { type Clip, type ClipSettings, loadClip } from '../test/fake-camera/clip.ts'
import { CLIP } from './replay-camera.ts'
import type { Figure, Scenario } from './scenario.ts'
import { similarity } from './similarity.ts'
import { median } from './statistics.ts'

/** The two encoders that an engine may have, with the same decoded pictures, at equal structural similarity. */
export const jpegEncoders: Scenario = {
  name: 'jpeg-encoders',
  title: "libjpeg-turbo beside FFmpeg's JPEG encoder, at equal similarity",
  names: ['libjpeg-turbo', 'FFmpeg'],
  async run({ isQuick }) {
    const readings = []
    for (const [size, clip] of Object.entries(CLIPS)) readings.push({ size, ...(await compare(clip, isQuick ? 2 : 10)) })
    return { figures: readings.flatMap(({ size, own, peer }) => figuresOf(size, own, peer)), readings }
  },
}

const CLIPS: Readonly<Record<string, ClipSettings>> = {
  '960×540': CLIP,
  '1920×1080': { ...CLIP, width: 1920, height: 1080, bitrate: 8_000_000 },
}
const QUALITY = 80
/** Those of FFmpeg's 31 steps, by what they stand for in libjpeg's, between which equal similarity lies. */
const NEAR_QUALITIES = [92, 88, 84, 80, 75, 71]
const PICTURES = 30

interface Result {
  /** Milliseconds and bytes of a picture. */
  readonly ms: number
  readonly size: number
  readonly similarity: number
}

async function compare(settings: ClipSettings, passes: number) {
  const turbo = loadTurboJpeg()
  if (!turbo)
    throw new Error('libjpeg-turbo is not installed: both optional packages, @julusian/jpeg-turbo and koffi, are needed')
  const pictures = decodeClip(await loadClip(settings))
  const { width, height } = settings
  const others = NEAR_QUALITIES.map((quality) => new LibavJpegEncoder({ width, height, quality }))
  const encoders = [new TurboJpegEncoder(turbo, { width, height, quality: QUALITY }), ...others]
  const times = encoders.map((): number[] => [])
  // In turn, so that what else the machine does meets all of them.
  for (let pass = 0; pass < passes; pass++) {
    for (const picture of pictures) {
      for (const [index, encoder] of encoders.entries()) times[index]?.push(encodeOnce(encoder, picture).ms)
    }
  }
  const [own, ...steps] = encoders.map((encoder, index) => ({ ms: median(times[index] ?? []), ...judge(encoder, pictures) }))
  for (const encoder of encoders) encoder.close()
  if (!own) throw new Error('an encoder is missing')
  return { own, peer: atSimilarity(steps, own.similarity), steps }
}

function figuresOf(size: string, own: Result, peer: Result): Figure[] {
  return [
    { what: `${size}: time for a picture, median`, value: own.ms, peer: peer.ms, unit: 'ms', bar: { atMost: 1 } },
    { what: `${size}: size of a picture`, value: own.size / 1e3, peer: peer.size / 1e3, unit: 'KB' },
    { what: `${size}: similarity (SSIM, luma)`, value: own.similarity, peer: peer.similarity },
  ]
}

/** Similarity and size change little from step to step: between two steps the straight line is near enough. */
function atSimilarity(steps: readonly Result[], wanted: number): Result {
  const index = steps.findIndex((step) => step.similarity < wanted)
  const [above, below] = [steps[index - 1], steps[index]]
  if (!above || !below) throw new Error('the similarity lies outside the steps that were tried')
  const share = (above.similarity - wanted) / (above.similarity - below.similarity)
  const between = (key: keyof Result) => above[key] + share * (below[key] - above[key])
  return { ms: between('ms'), size: between('size'), similarity: between('similarity') }
}

interface Planes extends Luma {
  /** All three, one after the other. */
  readonly all: Buffer
}

function judge(encoder: JpegEncoder, pictures: readonly Planes[]): Omit<Result, 'ms'> {
  const some = pictures.filter((_, index) => index % 5 === 0)
  const jpegs = some.map((picture) => encodeOnce(encoder, picture).jpeg)
  const similarities = some.map((picture, index) => similarity(picture, DECODER.decode(jpegs[index] ?? Buffer.alloc(0))))
  return { size: median(jpegs.map(({ length }) => length)), similarity: median(similarities) }
}

function encodeOnce(encoder: JpegEncoder, { all, width, height }: Planes): { ms: number; jpeg: Buffer } {
  const shape = { width, height, format: AV_PIX_FMT_YUV420P }
  using frame = Frame.fromVideoBuffer(all, { ...shape, timeBase: { num: 1, den: CLIP.fps }, pts: 0n })
  frame.colorRange = AVCOL_RANGE_JPEG
  const began = performance.now()
  const jpeg = encoder.encode(frame)
  return { ms: performance.now() - began, jpeg }
}

/** Some of the clip's pictures in full range. */
function decodeClip({ units, width, height }: Clip): Planes[] {
  const input = Buffer.concat(units.flat().flatMap((nal) => [Buffer.from([0, 0, 0, 1]), nal]))
  const size = (width * height * 3) / 2
  const output = ['-frames:v', String(PICTURES), '-pix_fmt', 'yuvj420p', '-f', 'rawvideo', 'pipe:1']
  const { stdout } = spawnSync('ffmpeg', ['-v', 'error', '-f', 'h264', '-i', 'pipe:0', ...output], {
    input,
    maxBuffer: PICTURES * size,
  })
  return Array.from({ length: stdout.length / size }, (_, index) => {
    const all = stdout.subarray(index * size, (index + 1) * size)
    return { all, data: all.subarray(0, width * height), width, height, stride: width }
  })
}

const DECODER = new JpegDecoder()
