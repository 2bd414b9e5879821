import { expect, it } from 'vitest'
import { RateMeter } from './rate-meter.ts'

function meterAt(times: number[], instant: number): number {
  let clock = 0
  const meter = new RateMeter(5000, () => clock)
  for (const time of times) {
    clock = time
    meter.count()
  }
  clock = instant
  return meter.perSecond
}
const every40Ms = Array.from({ length: 100 }, (_, index) => index * 40)

it('tells the rate of steady events', () => expect(meterAt(every40Ms, 3980)).toBeCloseTo(25, 1))
it('knows nothing of a single event', () => expect(meterAt([5], 10)).toBe(0))
it('sinks while nothing comes, down to nothing', () => {
  expect(meterAt(every40Ms, 4960)).toBeCloseTo(20, 0)
  expect(meterAt(every40Ms, 9500)).toBe(0)
})
