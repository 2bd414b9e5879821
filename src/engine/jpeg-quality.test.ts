import { expect, it } from 'vitest'
import { qscaleOf } from './jpeg-quality.ts'

it('maps qualities to scales that never rise with the quality, and uses the whole range', () => {
  const scales = Array.from({ length: 100 }, (_, index) => qscaleOf(index + 1))
  expect(scales[0]).toBe(31)
  expect(scales[79]).toBe(5)
  expect(scales[99]).toBe(1)
  expect(scales).toEqual([...scales].sort((a, b) => b - a))
  expect(new Set(scales).size).toBe(31)
})
