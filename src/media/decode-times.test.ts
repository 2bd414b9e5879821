import { describe, expect, it } from 'vitest'
import { DecodeTimes } from './decode-times.ts'
import { micros } from './time.ts'

const INTERVAL = 40_000

/** The times of pictures that come in this order, told as their places in the order in which they are shown. */
function timesOf(places: readonly number[], reordered: number) {
  const times = new DecodeTimes()
  return places.map((place) => times.next(micros(1_000_000 + place * INTERVAL), reordered))
}

describe('times of decoding', () => {
  it('are those of presentation where pictures come as they are shown', () => {
    for (const { pts, dts } of timesOf([0, 1, 2, 3], 0)) expect(dts).toBe(pts)
  })

  it.each<[string, number, number[]]>([
    ['one B-frame between', 1, [0, 2, 1, 4, 3, 6, 5, 8, 7]],
    ['two', 1, [0, 3, 1, 2, 6, 4, 5, 9, 7, 8]],
    ['a pyramid', 2, [0, 4, 2, 1, 3, 8, 6, 5, 7]],
    ['more room than is used', 4, [0, 2, 1, 4, 3, 6, 5, 8, 7]],
    ['none, and room for some', 3, [0, 1, 2, 3, 4, 5, 6, 7]],
  ])('grow, are never after those of presentation, and leave them untouched, with %s', (_, reordered, places) => {
    const times = timesOf(places, reordered)
    expect(times.map(({ pts }) => (pts - 1_000_000) / INTERVAL)).toEqual(places)
    for (const [i, { pts, dts }] of times.entries()) {
      expect(dts).toBeLessThanOrEqual(pts)
      expect(dts).toBeGreaterThan(times[i - 1]?.dts ?? Number.NEGATIVE_INFINITY)
    }
    // From then on a picture is decoded each interval.
    for (const [i, { dts }] of times.entries()) if (i > reordered) expect(dts - (times[i - 1]?.dts ?? 0)).toBe(INTERVAL)
  })

  it('go on when another order begins, at a keyframe', () => {
    const times = new DecodeTimes()
    const plain = [0, 1, 2].map((place) => [place, 0] as const)
    const reordered = [3, 6, 4, 5, 9, 7, 8].map((place) => [place, 2] as const)
    const stream = [...plain, ...reordered, [10, 0] as const, [11, 0] as const]
    const all = stream.map(([place, depth]) => times.next(micros(place * INTERVAL), depth))
    for (const [i, { pts, dts }] of all.entries()) {
      expect(dts).toBeLessThanOrEqual(pts)
      expect(dts).toBeGreaterThan(all[i - 1]?.dts ?? Number.NEGATIVE_INFINITY)
    }
    expect(all.map(({ pts }) => pts / INTERVAL)).toEqual(stream.map(([place]) => place))
  })
})
