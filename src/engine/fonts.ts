import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** Files of DejaVu Sans Mono, the font that text in pictures is drawn with. */
export const FONT = {
  regular: require.resolve('@fontsource/dejavu-mono/files/dejavu-mono-latin-400-normal.woff'),
  bold: require.resolve('@fontsource/dejavu-mono/files/dejavu-mono-latin-700-normal.woff'),
} as const
