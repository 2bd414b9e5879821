import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { requirePeer } from '../peers/required.ts'
import { type Clip, loadClip } from './clip.ts'
import { drawMark, readMark } from './mark.ts'

const SIZE = { width: 960, height: 540 }

describe('a mark', () => {
  const drawn = (frame: number, mark: number) => {
    const luma = new Uint8Array(SIZE.width * SIZE.height).map((_, i) => (i * 7919) % 256)
    drawMark(luma, SIZE.width, SIZE.height, { frame, mark })
    return luma
  }

  it.each([
    [0, 0],
    [65_535, 255],
    [1234, 7],
  ])('is read back: frame %i of camera %i', (frame, mark) => {
    expect(readMark(drawn(frame, mark), SIZE.width, SIZE.height)).toEqual({ frame, mark })
  })

  it('is not found in a picture without one', () => {
    expect(readMark(new Uint8Array(SIZE.width * SIZE.height).fill(128), SIZE.width, SIZE.height)).toBeUndefined()
  })

  it('is not read from a picture that was put together from two', () => {
    const torn = drawn(5, 1)
    torn.set(drawn(6, 1).subarray(torn.length / 2), torn.length / 2)
    expect(readMark(torn, SIZE.width, SIZE.height)).toBeUndefined()
  })

  it('is not read when a block was damaged', () => {
    const luma = drawn(5, 1)
    for (let y = 0; y < 24; y++) luma.fill(235, y * SIZE.width + 24 * 6, y * SIZE.width + 24 * 7)
    for (let y = 516; y < 540; y++) luma.fill(235, y * SIZE.width + 24 * 6, y * SIZE.width + 24 * 7)
    expect(readMark(luma, SIZE.width, SIZE.height)).toBeUndefined()
  })
})

describe.runIf(requirePeer('ffmpeg'))('a clip', () => {
  it('bears its numbers in its pixels, at full size and at half', async () => {
    const clip = await loadClip({ ...SIZE, fps: 30, frames: 20, gop: 10, mark: 42 })
    expect(clip.units.map((unit) => (unit.at(-1)![0] ?? 0) & 31)).toEqual(clip.units.map((_, i) => (i % 10 === 0 ? 5 : 1)))
    for (const scale of [1, 2]) {
      const marks = decode(clip, SIZE.width / scale, SIZE.height / scale)
      expect(marks).toEqual(clip.units.map((_, frame) => ({ frame, mark: 42 })))
    }
  }, 60_000)
})

/** The marks of all pictures after decoding and scaling. */
function decode(clip: Clip, width: number, height: number): unknown[] {
  const input = Buffer.concat(clip.units.flat().flatMap((nal) => [Buffer.from([0, 0, 0, 1]), nal]))
  const args = [
    '-loglevel',
    'error',
    '-f',
    'h264',
    '-i',
    'pipe:0',
    '-vf',
    `scale=${width}:${height}`,
    '-pix_fmt',
    'gray',
    '-f',
    'rawvideo',
    '-',
  ]
  const { stdout } = spawnSync('ffmpeg', args, { input, maxBuffer: 1 << 28 })
  return Array.from({ length: stdout.length / (width * height) }, (_, i) =>
    readMark(stdout.subarray(i * width * height), width, height),
  )
}
