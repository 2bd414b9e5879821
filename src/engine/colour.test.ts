import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClipRecipe, decodeJpeg, h264Clip, hasFfmpeg, packetOf } from '../../test/engine/clips.ts'
import { ENGINE_KINDS, type TestedEngines } from '../../test/engine/engine-kinds.ts'
import type { Picture } from '../media/picture.ts'
import type { Engines } from './engine.ts'

const BARS = [
  [192, 192, 192],
  [192, 192, 0],
  [0, 192, 192],
  [0, 192, 0],
  [192, 0, 192],
  [192, 0, 0],
  [0, 0, 192],
  [12, 12, 12],
] as const
const TOLERANCE = 6
/** Numbers of ITU-T H.264 table E-5. */
const MATRIX = { bt709: 1, bt601: 6, untagged: 2 } as const

describe.skipIf(!hasFfmpeg).each(ENGINE_KINDS)('the colours of a picture, by $engine', ({ open }) => {
  let pool: TestedEngines
  beforeAll(() => {
    pool = open()
    pool.start()
  })
  afterAll(() => pool[Symbol.asyncDispose]())

  const cases = [
    ['limited BT.601', { matrix: 'bt601', range: 'tv', tag: 'bt601', height: 360 }],
    ['limited BT.709', { matrix: 'bt709', range: 'tv', tag: 'bt709', height: 360 }],
    ['full-range BT.601', { matrix: 'bt601', range: 'pc', tag: 'bt601', height: 360 }],
    ['full-range BT.709', { matrix: 'bt709', range: 'pc', tag: 'bt709', height: 360 }],
    ['tagged BT.601 in high definition', { matrix: 'bt601', range: 'tv', tag: 'bt601', height: 720 }],
    ['untagged standard definition, which means limited BT.601', { matrix: 'bt601', range: 'tv', tag: 'untagged', height: 360 }],
    ['untagged high definition, which means limited BT.709', { matrix: 'bt709', range: 'tv', tag: 'untagged', height: 720 }],
    ['full range in high definition without a matrix', { matrix: 'bt709', range: 'pc', tag: 'untagged', height: 720 }],
    ['4:2:2', { matrix: 'bt709', range: 'tv', tag: 'bt709', height: 360, format: 'yuv422p' }],
    ['4:4:4', { matrix: 'bt601', range: 'tv', tag: 'bt601', height: 360, format: 'yuv444p' }],
    ['10 bits', { matrix: 'bt709', range: 'tv', tag: 'bt709', height: 360, format: 'yuv420p10le' }],
    ['4:2:2 of 10 bits, full range', { matrix: 'bt601', range: 'pc', tag: 'bt601', height: 360, format: 'yuv422p10le' }],
  ] as const

  it.each(cases)('are right for %s', async (_title, coding) => {
    const [data] = await barsClip({ format: 'yuv420p', ...coding })
    const width = (coding.height * 16) / 9
    for (const scale of [1, 0.5]) {
      const size = { width: width * scale, height: coding.height * scale }
      const picture = await firstPicture(pool, data!, size)
      expect(picture).toMatchObject(size)
      expectBars(await decodeJpeg(picture.data), size)
    }
  })

  it('of a greyscale camera are grey', async () => {
    const [data] = await barsClip({ matrix: 'bt601', range: 'tv', tag: 'bt601', height: 360, format: 'gray' })
    const size = { width: 640, height: 360 }
    const pixels = await decodeJpeg((await firstPicture(pool, data!, size)).data)
    for (const [index, [r, g, b]] of BARS.entries()) {
      const grey = 0.299 * r + 0.587 * g + 0.114 * b
      for (const value of pixelOfBar(pixels, index, size)) expect(Math.abs(value - grey)).toBeLessThanOrEqual(TOLERANCE)
    }
  })
})

interface Coding {
  readonly matrix: 'bt601' | 'bt709'
  readonly range: 'tv' | 'pc'
  readonly tag: keyof typeof MATRIX
  readonly height: number
  readonly format: string
}

const clips = new Map<string, Promise<Buffer[]>>()

/** Made once for all engines. */
function barsClip(coding: Coding): Promise<Buffer[]> {
  const key = JSON.stringify(coding)
  const clip = clips.get(key) ?? h264Clip(barsRecipe(coding))
  clips.set(key, clip)
  return clip
}

/** Bars of known RGB, converted the given way, with exactly the given tags in the stream. */
function barsRecipe({ matrix, range, tag, height, format }: Coding): ClipRecipe {
  const width = (height * 16) / 9
  const row = Buffer.from(Array.from({ length: width }, (_, x) => BARS[Math.floor((x * BARS.length) / width)]!).flat())
  const convert = `scale=out_color_matrix=${matrix}:out_range=${range}:flags=accurate_rnd+full_chroma_int,format=${format}`
  const tags = `h264_metadata=matrix_coefficients=${MATRIX[tag]}:video_full_range_flag=${range === 'pc' ? 1 : 0}`
  return {
    input: ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-i', 'pipe:0', '-vf', convert],
    encode: ['-qp', '6', '-bsf:v', tags, '-frames:v', '1'],
    stdin: Buffer.concat(Array.from({ length: height }, () => row)),
  }
}

async function firstPicture(pool: Engines, data: Buffer, size: { width: number; height: number }): Promise<Picture> {
  let close = (): void => undefined
  const picture = await new Promise<Picture>((resolve, reject) => {
    const opening = pool.openDecoder(
      'bars',
      { codec: 'h264' },
      { picture: (_key, made) => resolve(made), condition: () => undefined, failed: reject },
    )
    opening.then((decoder) => {
      close = () => decoder.close()
      decoder.setRenditions(new Map([[1, { ...size, quality: 97 }]]))
      decoder.push(packetOf(data, 0), 0, false)
    }, reject)
  })
  close()
  return picture
}

function expectBars(pixels: Buffer, size: { width: number; height: number }): void {
  for (const [index, bar] of BARS.entries()) {
    const pixel = pixelOfBar(pixels, index, size)
    const difference = bar.map((value, channel) => Math.abs(value - pixel[channel]!))
    expect(Math.max(...difference), `bar ${bar} came back as ${pixel}`).toBeLessThanOrEqual(TOLERANCE)
  }
}

function pixelOfBar(pixels: Buffer, index: number, { width, height }: { width: number; height: number }): number[] {
  const x = Math.floor(((index + 0.5) * width) / BARS.length)
  const at = (Math.floor(height / 2) * width + x) * 3
  return [...pixels.subarray(at, at + 3)]
}
