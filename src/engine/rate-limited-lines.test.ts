import { expect, it, vi } from 'vitest'
import { RateLimitedLines } from './rate-limited-lines.ts'

it('passes on whole lines, and of a flood only some', () => {
  const written: string[] = []
  const lines = new RateLimitedLines((line) => written.push(line))
  lines.push('a lin')
  lines.push('e\n\nanother\nnot yet ended')
  expect(written).toEqual(['a line', 'another'])
  lines.push('\n'.padStart(10, 'x').repeat(1000))
  expect(written).toHaveLength(20)
  expect(lines.last).toHaveLength(5)
})

it('says how much it left out, when it may write again', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const written: string[] = []
    const lines = new RateLimitedLines((line) => written.push(line))
    lines.push('x\n'.repeat(30))
    vi.advanceTimersByTime(11_000)
    lines.push('y\n')
    expect(written.slice(-2)).toEqual(['10 more lines left out', 'y'])
  } finally {
    vi.useRealTimers()
  }
})
