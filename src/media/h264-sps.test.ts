import { describe, expect, it } from 'vitest'
import { AtalayaError } from '../api/errors.ts'
import { parseSps } from './h264-sps.ts'

/** Made by x264; the values are those it was asked for. */
const SAMPLES: [string, string, object][] = [
  [
    'High 1920x1080, cropped, BT.709',
    '67640028acd940780227e5c05a808080a0000003002000000641e30632c0',
    {
      profile: 100,
      level: 40,
      width: 1920,
      height: 1080,
      fps: 25,
      colour: { fullRange: false, primaries: 1, transfer: 1, matrix: 1 },
    },
  ],
  [
    'interlaced at 29.97',
    '67640028acd94078044fde022000007d20001d4c03e2c5b2c0',
    { width: 1920, height: 1080, fps: 29.97, colour: undefined },
  ],
  [
    'Baseline 640x360',
    '6742c016d900a02ff970110000030001000003001e0f162e48',
    { profile: 66, constraints: 0xc0, width: 640, height: 360, fps: 15 },
  ],
  [
    '4:4:4 of full range',
    '67f40016919b281b07bc5f80b640000003008000000c83c58b6580',
    { profile: 244, width: 854, height: 480, fps: 12.5, colour: { fullRange: true, primaries: undefined } },
  ],
  ['scaling lists', '6764001eacd940b0126c0440000003004000000c83c58b6580', { width: 704, height: 576, fps: 25 }],
]

describe('parseSps', () => {
  it.each(SAMPLES)('reads %s', (_, hex, expected) => {
    expect(parseSps(Buffer.from(hex, 'hex'))).toMatchObject(expected)
  })

  it.each([
    [
      'stated by x264 with a pyramid of B-frames',
      '6764000cacd941419f9f011000000300100000030320f1429960',
      { reordered: 2, mostReordered: 9 },
    ],
    [
      'stated behind buffering parameters',
      '6764000dacd941419f9f01100000030010000003032602001e840007a12930c01e28532c',
      { reordered: 2 },
    ],
    ['none, stated', '6764000cacb202833f3e0220000003002000000641e28549', { reordered: 0, mostReordered: 0 }],
    ['ruled out by the order type', '674d401f95a014016e40', { reordered: undefined, mostReordered: 0 }],
    ['left to the level', '674d0029e2900800c3602dc04040406907891150', { reordered: undefined, mostReordered: 10 }],
  ])('tells how far pictures may be out of their order: %s', (_, hex, expected) => {
    expect(parseSps(Buffer.from(hex, 'hex'))).toMatchObject(expected)
  })

  it('refuses another NAL unit', () => {
    expect(() => parseSps(Buffer.from('68ebe3cb22c0', 'hex'))).toThrow(AtalayaError)
    expect(() => parseSps(Buffer.alloc(0))).toThrow(AtalayaError)
  })

  it('lets a VUI that is cut off go, and keeps the size', () => {
    const whole = Buffer.from(SAMPLES[0]![1], 'hex')
    expect(parseSps(whole.subarray(0, 20))).toMatchObject({ width: 1920, height: 1080, fps: undefined })
  })

  it('refuses what is cut off before the size', () => {
    expect(() => parseSps(Buffer.from(SAMPLES[0]![1], 'hex').subarray(0, 8))).toThrow(AtalayaError)
  })

  it('answers damaged and random bytes with a plausible size or a documented error, and never hangs', () => {
    const random = seededRandom(1)
    for (let i = 0; i < 20_000; i++) {
      const bytes = Buffer.from(SAMPLES[i % SAMPLES.length]![1], 'hex')
      for (let k = 0; k <= i % 7; k++) bytes[1 + Math.floor(random() * (bytes.length - 1))] = Math.floor(random() * 256)
      const damaged = i % 3 === 0 ? bytes.fill(i % 2 ? 0 : 0xff, 1 + Math.floor(random() * bytes.length)) : bytes
      try {
        const { width, height } = parseSps(damaged)
        expect(width > 0 && height > 0 && width <= 16_384 && height <= 16_384).toBe(true)
      } catch (error) {
        expect(error).toMatchObject({ code: 'protocol_error' })
      }
    }
  })
})

/** The same numbers in every run (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
