import { AV_BUFFERSRC_FLAG_KEEP_REF, AV_PIX_FMT_YUV420P } from 'node-av/constants'
import { Frame } from 'node-av/lib'
import type { TestPattern } from '../engine.ts'
import { FilterChain, type FilterSpec } from './filter-chain.ts'
import { fitText, glyphsIn } from './fit-text.ts'
import { FONT } from './fonts.ts'
import { check } from './libav.ts'
import { Sweep } from './sweep.ts'

/** A picture with the camera's name, the wall-clock time, a frame counter and something that moves. */
export class TestPicture {
  readonly #backdrop: Frame
  readonly #texts: FilterChain
  readonly #sweep: Sweep
  readonly #drawn = new Frame()

  constructor(pattern: TestPattern) {
    this.#backdrop = drawBackdrop(pattern)
    this.#texts = new FilterChain([bufferOf(pattern), ...changingTexts(pattern)])
    this.#sweep = new Sweep(pattern)
    this.#drawn.alloc()
  }

  /** Draws the picture as of now: 4:2:0, limited-range BT.709. It lasts until the caller unrefs it. */
  draw(count: number): Frame {
    this.#backdrop.pts = BigInt(count)
    check(this.#texts.first.buffersrcAddFrameSync(this.#backdrop, AV_BUFFERSRC_FLAG_KEEP_REF), 'giving the backdrop')
    check(this.#texts.last.buffersinkGetFrameSync(this.#drawn), 'taking the test picture')
    this.#sweep.draw(this.#drawn, Date.now())
    return this.#drawn
  }

  close(): void {
    this.#drawn.free()
    this.#texts.close()
    this.#backdrop.free()
  }
}

/** What never changes, drawn once. */
function drawBackdrop(pattern: TestPattern): Frame {
  const frame = new Frame()
  frame.alloc()
  const chain = new FilterChain([BACKDROP[pattern.pattern](pattern), TO_VIDEO, nameText(pattern)])
  try {
    check(chain.last.buffersinkGetFrameSync(frame), 'drawing the backdrop')
  } finally {
    chain.close()
  }
  return frame
}

const BACKDROP: Readonly<Record<TestPattern['pattern'], (pattern: TestPattern) => FilterSpec>> = {
  clock: ({ width, height }) => ({
    filter: 'gradients',
    options: {
      size: `${width}x${height}`,
      c0: '0x172433',
      c1: '0x0c131c',
      n: '2',
      x0: '0',
      y0: '0',
      x1: '0',
      y1: `${height}`,
      speed: '0.00001',
    },
  }),
  smpte: ({ width, height }) => ({ filter: 'smptehdbars', options: { size: `${width}x${height}` } }),
}

/** The bars are drawn in BT.709 already, though they do not say so. */
const TO_VIDEO: FilterSpec = {
  filter: 'scale',
  options: { in_color_matrix: 'bt709', out_color_matrix: 'bt709', out_range: 'tv' },
}

function bufferOf({ width, height }: TestPattern): FilterSpec {
  const options = { video_size: `${width}x${height}`, pix_fmt: `${AV_PIX_FMT_YUV420P}`, time_base: '1/1000', pixel_aspect: '1/1' }
  return { filter: 'buffer', options: { ...options, colorspace: 'bt709', range: 'tv' } }
}

function nameText(pattern: TestPattern): FilterSpec {
  const { margin, size } = layout(pattern)
  // The name is taken as it is: nothing in it is expanded.
  const options = {
    text: fitting(pattern.name, pattern),
    expansion: 'none',
    x: `${margin}`,
    y: `${margin}`,
    fontsize: `${size.small}`,
  }
  return text(pattern, FONT.regular, { ...options, fontcolor: QUIET })
}

function changingTexts(pattern: TestPattern): FilterSpec[] {
  const { margin, size } = layout(pattern)
  return [
    text(pattern, FONT.bold, {
      text: '%{localtime:%H\\:%M\\:%S.%3N}',
      fontsize: `${size.large}`,
      fontcolor: BRIGHT,
      y_align: 'text',
      x: '(w-text_w)/2',
      y: 'h*0.43-text_h/2',
    }),
    text(pattern, FONT.regular, {
      text: '%{localtime:%Y-%m-%d}',
      fontsize: `${size.small}`,
      fontcolor: QUIET,
      x: '(w-text_w)/2',
      y: 'h*0.59',
    }),
    text(pattern, FONT.regular, {
      text: '%{eif:n:d:6}',
      fontsize: `${size.small}`,
      fontcolor: QUIET,
      x: `w-text_w-${margin}`,
      y: `${margin}`,
    }),
  ]
}

function text(pattern: TestPattern, fontfile: string, options: Readonly<Record<string, string>>): FilterSpec {
  const box = pattern.pattern === 'smpte' ? { box: '1', boxcolor: '0x000000@0.75', boxborderw: '8' } : {}
  return { filter: 'drawtext', options: { fontfile, ...box, y_align: 'font', ...options } }
}

function layout({ width, height }: TestPattern): { margin: number; size: { small: number; large: number } } {
  const unit = Math.min(width / 640, height / 360)
  return {
    margin: Math.round(28 * unit),
    size: { small: Math.max(8, Math.round(18 * unit)), large: Math.max(12, Math.round(66 * unit)) },
  }
}

/** So much of a name as there is room for beside the counter. */
function fitting(name: string, pattern: TestPattern): string {
  const { margin, size } = layout(pattern)
  return fitText(name, glyphsIn(pattern.width - 2 * margin, size.small) - COUNTER_GLYPHS)
}

const COUNTER_GLYPHS = 12
const BRIGHT = '0xf2f5f8'
const QUIET = '0x8ea3b7'
