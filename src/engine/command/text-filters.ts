import type { FilterSpec } from '../filter-spec.ts'
import type { FfmpegCommand } from './ffmpeg-command.ts'

/** Filters that write, as far as this command knows them: some are built without letters, and older ones without `y_align`. */
export function textFilters({ hasText }: FfmpegCommand, specs: readonly FilterSpec[]): FilterSpec[] {
  if (!hasText) return []
  return specs.map(({ filter, options: { y_align: align, ...options } }) => {
    if (align !== 'font') return { filter, options }
    return { filter, options: { ...options, y: fromFontTop(options['y'] ?? '0', Number(options['fontsize'])) } }
  })
}

/** Text is placed by its highest letter, so that lines would stand higher or lower with what is written in them. */
function fromFontTop(y: string, fontSize: number): string {
  return `${y}+${Math.ceil(FONT_ASCENT * fontSize)}-ascent`
}

/** From the base line to the top of DejaVu Sans Mono, in font sizes (`hhea`: 1901 of 2048 units). */
const FONT_ASCENT = 1901 / 2048
