import { readFileSync } from 'node:fs'
import { splitAnnexB } from '../../src/media/annex-b.ts'
import { H264_SYNTAX } from '../../src/media/h264-syntax.ts'
import { H265_SYNTAX } from '../../src/media/h265-syntax.ts'
import type { NalSyntax } from '../../src/media/nal-syntax.ts'

/** Small pictures of 64×48 as ffmpeg made them. */
export const H264_CLIPS: readonly (readonly Buffer[][])[] = ['plain.h264', 'b-frames.h264'].map((name) =>
  readUnits(name, H264_SYNTAX),
)
export const H265_CLIPS: readonly (readonly Buffer[][])[] = ['b-frames.h265'].map((name) => readUnits(name, H265_SYNTAX))
export const JPEGS: readonly Buffer[] = ['standard-tables.jpg', 'own-tables.jpg'].map(read)

/** All parameter sets, slices and other NAL units of the clips. */
export function nalsOf(clips: readonly (readonly Buffer[][])[]): Buffer[] {
  return clips.flat(2)
}

function read(name: string): Buffer {
  return readFileSync(new URL(`corpus/${name}`, import.meta.url))
}

/** The access units of a clip, each as its NAL units. */
function readUnits(name: string, syntax: NalSyntax): Buffer[][] {
  const units: Buffer[][] = [[]]
  let hasSlice = false
  for (const nal of splitAnnexB(read(name))) {
    const slice =
      syntax.kindOf(nal[0] ?? 0) === 'slice' ? syntax.parseSlice(nal[0] ?? 0, nal.subarray(syntax.headerBytes)) : undefined
    if (hasSlice && (!slice || slice.isFirst)) {
      units.push([])
      hasSlice = false
    }
    hasSlice ||= slice !== undefined
    units.at(-1)?.push(Buffer.from(nal))
  }
  return units
}
