import type { TestPattern } from './engine.ts'
import type { FilterSpec } from './filter-spec.ts'
import { fitText, glyphsIn } from './fit-text.ts'
import { FONT } from './fonts.ts'

/** What never changes of a test picture: limited-range BT.709. */
export function backdrop(pattern: TestPattern): FilterSpec[] {
  return [BACKDROP[pattern.pattern](pattern), TO_VIDEO, nameText(pattern)]
}

/** The time, the date and the number of the picture. */
export function changingTexts(pattern: TestPattern): FilterSpec[] {
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
