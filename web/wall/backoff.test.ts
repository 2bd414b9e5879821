import { expect, it } from 'vitest'
import { Backoff } from './backoff.ts'

it('the waits grow to a second, and begin anew after a success', () => {
  const backoff = new Backoff()
  expect(Array.from({ length: 6 }, () => backoff.next(1))).toEqual([100, 200, 400, 800, 1000, 1000])
  expect(backoff.next(0)).toBe(800)
  backoff.slowDown()
  expect(backoff.next(1)).toBe(10_000)
  backoff.clear()
  expect(backoff.next(1)).toBe(100)
})
