import { describe, expect, it } from 'vitest'
import { type Micros, micros } from '../media/time.ts'
import { RtpClock } from './rtp-clock.ts'

describe('an RTP clock', () => {
  const interval = 3000
  const second = 1_000_000
  const at = (milliseconds: number): Micros => micros(milliseconds * 1000)

  it('counts on through the wrap of the timestamp without losing a microsecond', () => {
    const clock = new RtpClock(90_000)
    const begin = 2 ** 32 - 45_000
    const times = Array.from({ length: 3001 }, (_, i) => clock.date((begin + i * interval) % 2 ** 32, at((i * 100) / 3)))
    expect(times[3000]?.pts).toBe(100 * second)
    expect(clock.jumps).toBe(0)
  })

  it('dates a delayed picture by those that were delayed least', () => {
    const clock = new RtpClock(90_000)
    clock.date(0, at(1000))
    expect(clock.date(9000, at(1150)).capturedAt).toBe(at(1100))
    expect(clock.date(18_000, at(1200)).capturedAt).toBe(at(1200))
  })

  it('never dates a picture after its arrival', () => {
    const clock = new RtpClock(90_000)
    clock.date(0, at(1000))
    expect(clock.date(90_000, at(1500)).capturedAt).toBe(at(1500))
    expect(clock.date(180_000, at(2500)).capturedAt).toBe(at(2500))
  })

  it('follows a camera clock that is slow, within twenty seconds', () => {
    const clock = new RtpClock(90_000)
    let age = 0
    for (let i = 0; i < 6000; i++) {
      const arrival = at(i * 33.4)
      age = arrival - clock.date(i * interval, arrival).capturedAt
    }
    // 0.2 % slow: 2 ms a second
    expect(age).toBeGreaterThanOrEqual(0)
    expect(age).toBeLessThanOrEqual(42_000)
  })

  it.each([
    ['forward by an hour', 3600 * 90_000],
    ['back by an hour', -3600 * 90_000],
    ['anywhere', 0x7fff_0000],
  ])('joins a time line that jumps %s', (_, jump) => {
    const clock = new RtpClock(90_000)
    const before = clock.date(0, at(1000))
    const after = clock.date((interval + jump) >>> 0, at(1040))
    expect(after.pts - before.pts).toBe(41_000 - 1000)
    expect(after.capturedAt).toBe(at(1040))
    expect(clock.date((2 * interval + jump) >>> 0, at(1080)).pts - after.pts).toBeCloseTo(33_333, -1)
    expect(clock.jumps).toBeGreaterThan(0)
  })

  it('goes on by the arrivals where the timestamps stand still', () => {
    const clock = new RtpClock(90_000)
    const times = Array.from({ length: 60 }, (_, i) => clock.date(7, at(1000 + i * 40)))
    expect((times.at(-1)?.pts ?? 0) - (times.at(-26)?.pts ?? 0)).toBe(1_000_000)
    expect(times.at(-1)?.capturedAt).toBe(at(1000 + 59 * 40))
    expect(clock.jumps).toBe(1)
  })

  it('takes a second back for a break, and less for the order of B-frames', () => {
    const clock = new RtpClock(90_000)
    clock.date(200_000, at(1000))
    expect(clock.date(110_000 + 1, at(1040)).capturedAt).toBeLessThan(at(1040))
    expect(clock.jumps).toBe(0)
    expect(clock.date(0, at(1080)).capturedAt).toBe(at(1080))
    expect(clock.jumps).toBe(1)
  })

  it('goes on when another sender takes over', () => {
    const clock = new RtpClock(90_000)
    const before = clock.date(123_456, at(1000))
    clock.restart(at(1100))
    const after = clock.date(5, at(1100))
    expect(after.pts - before.pts).toBe(100_000)
    expect(after.capturedAt).toBe(at(1100))
  })

  it('lets the time of presentation grow even where the camera’s steps back or stands still', () => {
    const clock = new RtpClock(90_000)
    const times = [0, 9000, 6000, 6000, 12_000].map((timestamp, i) => clock.date(timestamp, at(1000 + i * 40)).pts)
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
  })

  it('keeps the order of decoding where pictures are coded out of the order in which they are shown', () => {
    const clock = new RtpClock(90_000)
    const times = [0, 3, 1, 2, 6, 4, 5].map((place, i) =>
      clock.date((2 ** 32 - 2 * interval + place * interval) % 2 ** 32, at(1000 + i * 34), 1),
    )
    expect(times.map(({ pts }) => Math.round((pts / second) * 30))).toEqual([0, 3, 1, 2, 6, 4, 5])
    for (const [i, { pts, dts, capturedAt }] of times.entries()) {
      expect(dts).toBeLessThanOrEqual(pts)
      expect(dts).toBeGreaterThan(times[i - 1]?.dts ?? Number.NEGATIVE_INFINITY)
      expect(capturedAt).toBeLessThanOrEqual(at(1000 + i * 34))
    }
    expect(clock.jumps).toBe(0)
  })
})
