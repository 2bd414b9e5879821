import { describe, expect, it } from 'vitest'
import { micros } from '../media/time.ts'
import { FrameRateCap } from './frame-rate-cap.ts'

/** The times in seconds of the frames that are kept of a minute. */
function kept(sourceFps: number, fps: number | undefined, jitterMs = 0): number[] {
  const cap = new FrameRateCap(fps)
  const times = Array.from({ length: Math.round(60 * sourceFps) }, (_, index) =>
    micros((index * 1e6) / sourceFps + ((index * 7919) % 3) * jitterMs * 500),
  )
  return times.filter((pts) => cap.takes(pts)).map((pts) => pts / 1e6)
}

describe('a cap on the frame rate', () => {
  it.each([
    [30, 10],
    [29.97, 10],
    [25, 10],
    [25, 15],
    [30, 25],
    [15, 1],
    [60, 24],
  ])('keeps of %f frames a second %f', (sourceFps, fps) => {
    for (const jitterMs of [0, 4])
      expect(Math.abs(kept(sourceFps, fps, jitterMs).length / 60 - fps)).toBeLessThanOrEqual(0.05 * fps)
  })

  it('takes every third frame of thirty for ten, also when the time stamps jitter', () => {
    const times = kept(30, 10, 3)
    const gaps = times.slice(1).map((time, index) => time - times[index]!)
    expect(Math.min(...gaps)).toBeGreaterThan(0.09)
    expect(Math.max(...gaps)).toBeLessThan(0.11)
  })

  it.each([25, 29.97, 60, undefined])('leaves a source alone that is not faster than %s', (fps) => {
    expect(kept(25, fps)).toHaveLength(1500)
  })

  it('starts over when the time line begins anew', () => {
    const cap = new FrameRateCap(10)
    expect(cap.takes(micros(3_600_000_000))).toBe(true)
    expect(cap.takes(micros(5000))).toBe(true)
    expect(cap.takes(micros(45_000))).toBe(false)
    expect(cap.takes(micros(105_000))).toBe(true)
  })
})
