import { describe, expect, it } from 'vitest'
import { millis } from '../../media/time.ts'
import { StreamMeter } from './stream-meter.ts'

/** Pictures of 1000 bytes, `every` milliseconds apart, with a keyframe every `gop`. */
function feed(
  meter: StreamMeter,
  { pictures, every, gop, from = 0 }: { pictures: number; every: number; gop: number; from?: number },
) {
  for (let number = 0; number < pictures; number++) {
    const at = millis(from + number * every)
    const keyframe = number % gop === 0
    meter.add({ track: { codec: 'h264' }, data: Buffer.alloc(1000), pts: at, dts: at, keyframe, capturedAt: at }, at)
  }
}

describe('a measured stream', () => {
  it('has the rate, the bitrate and the distance of keyframes that it really has', () => {
    const meter = new StreamMeter()
    feed(meter, { pictures: 101, every: 40, gop: 50 })
    const { fps, bitsPerSecond, gop, wholeGops } = meter.measure
    expect(fps).toBeCloseTo(25)
    expect(bitsPerSecond).toBeCloseTo(200_000)
    expect(gop).toEqual({ pictures: 50, seconds: expect.closeTo(2), isWhole: true })
    expect(wholeGops).toBe(2)
  })

  it('does not count the burst that a camera begins with', () => {
    const meter = new StreamMeter()
    feed(meter, { pictures: 100, every: 0, gop: 100 })
    feed(meter, { pictures: 60, every: 100, gop: 20 })
    expect(meter.measure.fps).toBeCloseTo(10)
  })

  it('has keyframes at least as far apart as it was watched, when no second one comes', () => {
    const meter = new StreamMeter()
    feed(meter, { pictures: 120, every: 40, gop: 1000 })
    expect(meter.measure).toMatchObject({ gop: { pictures: 120, seconds: expect.closeTo(4.8), isWhole: false }, wholeGops: 0 })
  })

  it('says nothing about what it has not seen', () => {
    const meter = new StreamMeter()
    expect(meter.measure).toEqual({ fps: undefined, bitsPerSecond: undefined, gop: undefined, wholeGops: 0 })
    feed(meter, { pictures: 1, every: 40, gop: 10 })
    expect(meter.measure).toMatchObject({ fps: undefined, gop: { pictures: 1, seconds: null, isWhole: false } })
  })
})
