import { expect, it } from 'vitest'
import { requirePeer } from '../peers/required.ts'
import { soak } from './soak.ts'

it.runIf(requirePeer('ffmpeg'))(
  'cameras that flap and viewers that come and go leave nothing behind',
  { timeout: 60_000 },
  async () => {
    const report = await soak({ minutes: 5 / 60, warmUpMinutes: 1.5 / 60, readingEveryS: 0.5, flapEveryS: 2 })
    expect(report.mishaps).toEqual([])
    expect(report).toMatchObject({ viewersLost: 0, refusals: {} })
    expect(report.readings.every(({ heap }) => heap > 1e6)).toBe(true)
    expect(report.flaps).toBeGreaterThan(1)
    expect(report.arrivals).toBeGreaterThan(20)
    expect(Math.abs(report.descriptorChange)).toBeLessThanOrEqual(5)
    // How many exactly is a question for a quiet machine, and for `npm run soak`.
    expect(report.steadyShare).toBeGreaterThan(0.4)
  },
)
