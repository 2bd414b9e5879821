import { describe, expect, it } from 'vitest'
import { parseJpegHeader } from './jpeg.ts'

const SOI = [0xff, 0xd8]
const APP0 = [0xff, 0xe0, 0, 6, 1, 2, 3, 4]
const SOF = [0xff, 0xc0, 0, 11, 8, 0x02, 0x1c, 0x03, 0xc0, 1, 1, 0x11, 0]
const DHT = [0xff, 0xc4, 0, 4, 0, 0]
const SOS = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0, 0x12, 0x34, 0xff, 0x00, 0x56]
const EOI = [0xff, 0xd9]

function jpeg(...segments: number[][]): Uint8Array {
  return Uint8Array.from(segments.flat())
}

const WHOLE = jpeg(SOI, APP0, DHT, SOF, SOS, EOI)

describe('the head of a JPEG', () => {
  it('gives the size', () => {
    expect(parseJpegHeader(WHOLE)).toEqual({ width: 960, height: 540 })
  })

  it('may have fill bytes before a marker, and be progressive', () => {
    const progressive = SOF.with(1, 0xc2)
    expect(parseJpegHeader(jpeg(SOI, [0xff, 0xff], progressive, SOS, EOI))).toEqual({ width: 960, height: 540 })
  })

  it.each([
    ['is empty', jpeg()],
    ['begins in the middle', WHOLE.subarray(2)],
    ['is cut off', WHOLE.subarray(0, -2)],
    ['has no frame header', jpeg(SOI, APP0, SOS, EOI)],
    ['has its frame header after the scan', jpeg(SOI, SOS, SOF, EOI)],
    ['has no scan', jpeg(SOI, SOF, EOI)],
    ['has no height', jpeg(SOI, SOF.with(5, 0).with(6, 0), SOS, EOI)],
    ['has a frame header that is too short', jpeg(SOI, [0xff, 0xc0, 0, 4, 8, 1], SOS, EOI)],
    ['has a segment that is longer than the file', jpeg(SOI, APP0.with(2, 0xff), SOF, SOS, EOI)],
    ['has a segment without a length', jpeg(SOI, [0xff, 0xe0, 0, 0], SOF, SOS, EOI)],
    ['is two markers', jpeg(SOI, EOI)],
  ])('is refused where the file %s', (_how, data) => {
    expect(parseJpegHeader(data)).toBeUndefined()
  })

  it('is never found in garbage, and garbage never throws', () => {
    let seed = 1
    const random = () => {
      seed = (seed * 48_271) % 0x7fffffff
      return seed / 0x7fffffff
    }
    for (let round = 0; round < 5000; round++) {
      const noise = Uint8Array.from({ length: Math.floor(random() * 60) }, () =>
        random() < 0.3 ? 0xff : Math.floor(random() * 256),
      )
      expect(parseJpegHeader(noise)).toBeUndefined()
      const damaged = WHOLE.slice()
      damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256)
      const header = parseJpegHeader(damaged)
      if (header !== undefined) expect(header.width * header.height).toBeGreaterThan(0)
    }
  })
})
