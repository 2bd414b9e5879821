import { spawnSync } from 'node:child_process'
import { AV_PIX_FMT_YUV420P, AVCOL_RANGE_JPEG } from 'node-av/constants'
import { Frame } from 'node-av/lib'
import type { JpegEncoder } from '../src/engine/child/jpeg-encoder.ts'
import { LibavJpegEncoder } from '../src/engine/child/libav-jpeg-encoder.ts'
import { loadTurboJpeg, TurboJpegEncoder } from '../src/engine/child/turbo-jpeg-encoder.ts'
import { JpegDecoder } from '../test/e2e/jpeg-pixels.ts'
import { type Clip, loadClip } from '../test/fake-camera/clip.ts'
import { CLIP } from './replay-camera.ts'
import type { Scenario } from './scenario.ts'
import { median } from './statistics.ts'

/** The two encoders that an engine may have, with the same decoded pictures, each at what quality 80 means to it. */
export const jpegEncoders: Scenario = {
  name: 'jpeg-encoders',
  title: "libjpeg-turbo beside FFmpeg's JPEG encoder, at equal quality",
  names: ['libjpeg-turbo', 'FFmpeg'],
  run({ isQuick }) {
    return compare(isQuick ? 2 : 10)
  },
}

const SETTINGS = { width: CLIP.width, height: CLIP.height, quality: 80 }

async function compare(passes: number) {
  const turbo = loadTurboJpeg()
  if (!turbo)
    throw new Error('libjpeg-turbo is not installed: both optional packages, @julusian/jpeg-turbo and koffi, are needed')
  const pictures = decodeClip(await loadClip(CLIP))
  const encoders = [new TurboJpegEncoder(turbo, SETTINGS), new LibavJpegEncoder(SETTINGS)]
  const readings = encoders.map((): Reading[] => [])
  for (let pass = 0; pass < passes; pass++) {
    for (const [index, encoder] of encoders.entries()) readings[index]?.push(...pictures.map((data) => encodeOnce(encoder, data)))
  }
  for (const encoder of encoders) encoder.close()
  const [own, peer] = readings.map((all) => ({
    ms: median(all.map(({ ms }) => ms)),
    size: median(all.map(({ jpeg }) => jpeg.length)),
    psnr: median(pictures.map((picture, index) => lumaPsnr(picture, all[index]?.jpeg))),
  }))
  if (!own || !peer) throw new Error('an encoder is missing')
  return {
    figures: [
      { what: 'time for a picture, median', value: own.ms, peer: peer.ms, unit: 'ms', bar: { atMost: 1 } },
      { what: 'size of a picture', value: own.size / 1e3, peer: peer.size / 1e3, unit: 'KB' },
      { what: 'luma PSNR', value: own.psnr, peer: peer.psnr, unit: 'dB' },
    ],
    readings: { own, peer },
  }
}

interface Reading {
  readonly ms: number
  readonly jpeg: Buffer
}

function encodeOnce(encoder: JpegEncoder, data: Buffer): Reading {
  const shape = { width: SETTINGS.width, height: SETTINGS.height, format: AV_PIX_FMT_YUV420P }
  using frame = Frame.fromVideoBuffer(data, { ...shape, timeBase: { num: 1, den: CLIP.fps }, pts: 0n })
  frame.colorRange = AVCOL_RANGE_JPEG
  const began = performance.now()
  const jpeg = encoder.encode(frame)
  return { ms: performance.now() - began, jpeg }
}

/** The clip's pictures in full range, as planes one after the other. */
function decodeClip({ units }: Clip): Buffer[] {
  const input = Buffer.concat(units.flat().flatMap((nal) => [Buffer.from([0, 0, 0, 1]), nal]))
  const size = (SETTINGS.width * SETTINGS.height * 3) / 2
  const output = ['-frames:v', '100', '-pix_fmt', 'yuvj420p', '-f', 'rawvideo', 'pipe:1']
  const { stdout } = spawnSync('ffmpeg', ['-v', 'error', '-f', 'h264', '-i', 'pipe:0', ...output], {
    input,
    maxBuffer: 100 * size,
  })
  return Array.from({ length: stdout.length / size }, (_, index) => stdout.subarray(index * size, (index + 1) * size))
}

function lumaPsnr(original: Buffer, jpeg: Buffer | undefined): number {
  if (!jpeg) return Number.NaN
  const { data, stride } = DECODER.decode(jpeg)
  let sum = 0
  for (let y = 0; y < SETTINGS.height; y++) {
    for (let x = 0; x < SETTINGS.width; x++) sum += ((original[y * SETTINGS.width + x] ?? 0) - (data[y * stride + x] ?? 0)) ** 2
  }
  return 10 * Math.log10(255 ** 2 / (sum / (SETTINGS.width * SETTINGS.height)))
}

const DECODER = new JpegDecoder()
