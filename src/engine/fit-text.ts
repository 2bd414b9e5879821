/** A glyph's width in DejaVu Sans Mono is so much of the font's size. */
const GLYPH_ASPECT = 0.602

/** So many glyphs of this size, in pixels, stand side by side in a width; at least one. */
export function glyphsIn(width: number, fontSize: number): number {
  return Math.max(1, Math.floor(width / (fontSize * GLYPH_ASPECT)))
}

/** So much of a text as there is room for, in glyphs, without control characters. */
export function fitText(text: string, room: number): string {
  const glyphs = [...text.replaceAll(/\p{C}/gu, ' ')]
  return glyphs.length <= room ? glyphs.join('') : `${glyphs.slice(0, Math.max(0, room - 1)).join('')}…`
}
