import type { Notice } from './engine.ts'
import type { FilterSpec } from './filter-spec.ts'
import { fitText, glyphsIn } from './fit-text.ts'
import { FONT } from './fonts.ts'

/** A third of the light and half of the colour: nobody takes it for a live picture. */
export const DIM: FilterSpec = {
  filter: 'lutyuv',
  options: { y: 'val*0.35', u: '(val-128)*0.5+128', v: '(val-128)*0.5+128' },
}

/** Where there is no last picture to draw on. */
export function emptyGround({ width, height }: Notice): FilterSpec[] {
  return [
    { filter: 'color', options: { color: '0x0c131c', size: `${width}x${height}`, rate: '1' } },
    { filter: 'scale', options: { out_color_matrix: 'bt601', out_range: 'pc' } },
  ]
}

/** The lines of a notice, one below the other in the middle of the picture. */
export function noticeTexts({ width, height, lines }: Notice): FilterSpec[] {
  const unit = Math.min(width / 640, height / 360)
  const sizes = lines.map((_, index) => Math.max(8, Math.round((index === 0 ? 34 : 20) * unit)))
  const gap = Math.round(14 * unit)
  const total = sizes.reduce((sum, size) => sum + size + gap, -gap)
  let top = Math.round((height - total) / 2)
  return lines.map((line, index) => {
    const fontSize = sizes[index] ?? 8
    const y = top
    top += fontSize + gap
    return {
      filter: 'drawtext',
      options: {
        fontfile: index === 0 ? FONT.bold : FONT.regular,
        text: fitText(line, glyphsIn(width * 0.94, fontSize)),
        expansion: 'none', // a name is taken as it is
        fontsize: `${fontSize}`,
        fontcolor: index === 0 ? '0xf2f5f8' : '0xc9d4de',
        shadowcolor: '0x000000@0.8',
        shadowx: '1',
        shadowy: '1',
        x: '(w-text_w)/2',
        y: `${y}`,
        y_align: 'font',
      },
    }
  })
}
