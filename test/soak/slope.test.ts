import { expect, it } from 'vitest'
import { fitSlope } from './slope.ts'

/** The same "random" numbers each time, −0.5 to 0.5. */
function noise(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648
    return state / 2147483648 - 0.5
  }
}

it('finds a rise that is there, within its interval', () => {
  const random = noise(7)
  const { perUnit, margin } = fitSlope(Array.from({ length: 100 }, (_, x) => [x, 3 * x + 20 * random()]))
  expect(Math.abs(perUnit - 3)).toBeLessThan(margin)
  expect(margin).toBeLessThan(0.1)
})

it('does not claim a rise of a wandering value that only looks like one', () => {
  const random = noise(11)
  let level = 0
  const wandering = Array.from({ length: 100 }, (_, x) => {
    level = 0.97 * level + random()
    return [x, level] as const
  })
  const { perUnit, margin } = fitSlope(wandering)
  expect(Math.abs(perUnit)).toBeLessThan(margin)
})

it('is sure of nothing after three readings', () => {
  expect(
    fitSlope([
      [0, 1],
      [1, 2],
      [2, 3],
    ]).margin,
  ).toBe(Number.POSITIVE_INFINITY)
})
