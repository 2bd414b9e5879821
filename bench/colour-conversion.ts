import {
  AV_BUFFERSRC_FLAG_KEEP_REF,
  AV_PIX_FMT_YUV420P,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT470BG,
  AVCOL_SPC_BT709,
} from 'node-av/constants'
import { Frame } from 'node-av/lib'
import { FilterChain } from '../src/engine/child/filter-chain.ts'
import { PictureConverter } from '../src/engine/child/picture-converter.ts'
import type { FilterSpec } from '../src/engine/filter-spec.ts'
import type { Figure, Scenario } from './scenario.ts'
import { median } from './statistics.ts'

/** The ways of libavfilter to turn a camera's limited range into the full range of a JPEG, and a large picture into a small one. */
export const colourConversion: Scenario = {
  name: 'colour-conversion',
  title: 'colour and size, by three filters',
  names: ['as engines do it', 'the other'],
  run({ isQuick }) {
    const passes = isQuick ? 60 : 400
    const readings = TASKS.map((task) => ({ what: task.what, ms: measure(task, passes) }))
    const figures = readings.flatMap(({ what, ms }): Figure[] => {
      const { own = Number.NaN, ...others } = ms
      return Object.entries(others).map(([peerName, peer]) => ({
        what,
        value: own,
        peer,
        peerName,
        unit: 'ms',
        bar: { atMost: 1.25 },
      }))
    })
    return Promise.resolve({ figures, readings })
  },
}

interface Task {
  readonly what: string
  readonly width: number
  readonly height: number
  readonly matrix: 'bt470bg' | 'bt709'
  readonly target: { readonly width: number; readonly height: number }
}

const SMALL = { width: 960, height: 540 }
const LARGE = { width: 1920, height: 1080 }

const TASKS: readonly Task[] = [
  { what: '960×540, range', ...SMALL, matrix: 'bt470bg', target: SMALL },
  { what: '960×540 to 480×270, range', ...SMALL, matrix: 'bt470bg', target: { width: 480, height: 270 } },
  { what: '1920×1080, range and matrix', ...LARGE, matrix: 'bt709', target: LARGE },
  { what: '1920×1080 to 960×540, range and matrix', ...LARGE, matrix: 'bt709', target: SMALL },
]

/** One filter for everything, as one would write it without measuring; where colorspace cannot scale, zscale does. */
function otherWays({ width, matrix, target }: Task): Readonly<Record<string, readonly FilterSpec[]>> {
  const resize = width === target.width ? [] : [zscale(target, {})]
  const colour = { matrixin: matrix === 'bt709' ? '709' : '470bg', matrix: '470bg', rangein: 'limited', range: 'full' }
  return { swscale: [swscale(target)], zscale: [zscale(target, colour)], colorspace: [...resize, colorspace(matrix)] }
}

function colorspace(matrix: Task['matrix']): FilterSpec {
  const options = { all: 'bt470bg', iall: 'bt470bg', ispace: matrix, irange: 'tv', range: 'pc', format: 'yuv420p', fast: '1' }
  return { filter: 'colorspace', options }
}

function swscale({ width, height }: Task['target']): FilterSpec {
  const options = { w: `${width}`, h: `${height}`, out_color_matrix: 'bt601', out_range: 'pc', flags: 'bilinear' }
  return { filter: 'scale', options }
}

function zscale({ width, height }: Task['target'], colour: Readonly<Record<string, string>>): FilterSpec {
  return { filter: 'zscale', options: { width: `${width}`, height: `${height}`, filter: 'bilinear', ...colour } }
}

/** Milliseconds of a picture by way, the median; the ways take turns. */
function measure(task: Task, passes: number): Readonly<Record<string, number>> {
  const { width, height, matrix, target } = task
  const shape = { width, height, format: AV_PIX_FMT_YUV420P }
  using frame = Frame.fromVideoBuffer(noise((width * height * 3) / 2), { ...shape, timeBase: { num: 1, den: 25 }, pts: 0n })
  frame.colorRange = AVCOL_RANGE_MPEG
  frame.colorSpace = matrix === 'bt709' ? AVCOL_SPC_BT709 : AVCOL_SPC_BT470BG
  const own = new PictureConverter(frame, { matrix, fullRange: false }, target)
  const ways: Way[] = [
    { name: 'own', ms: [], convert: () => own.convert(frame), release: () => own.release(), close: () => own.close() },
  ]
  for (const [name, filters] of Object.entries(otherWays(task))) ways.push(openWay(name, frame, [inputOf(task), ...filters]))
  for (let pass = 0; pass < passes; pass++) {
    for (const { ms, convert, release } of ways) {
      const began = performance.now()
      convert()
      ms.push(performance.now() - began)
      release()
    }
  }
  for (const { close } of ways) close()
  return Object.fromEntries(ways.map(({ name, ms }) => [name, median(ms)]))
}

interface Way {
  readonly name: string
  readonly ms: number[]
  readonly convert: () => void
  readonly release: () => void
  readonly close: () => void
}

function openWay(name: string, frame: Frame, specs: readonly FilterSpec[]): Way {
  const chain = new FilterChain(specs)
  const converted = new Frame()
  converted.alloc()
  const convert = () => {
    chain.first.buffersrcAddFrameSync(frame, AV_BUFFERSRC_FLAG_KEEP_REF)
    chain.last.buffersinkGetFrameSync(converted)
  }
  const close = () => {
    converted.free()
    chain.close()
  }
  return { name, ms: [], convert, release: () => converted.unref(), close }
}

function inputOf({ width, height, matrix }: Task): FilterSpec {
  const options = {
    video_size: `${width}x${height}`,
    pix_fmt: `${AV_PIX_FMT_YUV420P}`,
    time_base: '1/90000',
    pixel_aspect: '1/1',
    colorspace: matrix,
    range: 'tv',
  }
  return { filter: 'buffer', options }
}

/** Any picture will do: none of the filters looks at what is in it. */
function noise(bytes: number): Buffer {
  return Buffer.from(Array.from({ length: bytes }, (_, index) => 16 + (((index * 2_654_435_761) >>> 24) % 220)))
}
