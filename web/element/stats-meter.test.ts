import { describe, expect, it } from 'vitest'
import { StatsMeter } from './stats-meter.ts'

describe('the statistics of an element', () => {
  it('are those of the last seconds', () => {
    let at = 0
    const meter = new StatsMeter(() => at)
    for (let picture = 0; picture <= 50; picture++) {
      at = picture * 100
      meter.count({ bytes: 1000, age: 40, skipped: picture, width: 320, height: 180 })
    }
    const { fps, bitrate, delay, width, height, skipped } = meter.stats
    expect(fps).toBeCloseTo(10, 0)
    expect(bitrate).toBeGreaterThan(75_000)
    expect(bitrate).toBeLessThan(90_000)
    expect({ delay, width, height, skipped }).toEqual({ delay: 40, width: 320, height: 180, skipped: 50 })
    at += 10_000
    expect(meter.stats).toMatchObject({ fps: 0, bitrate: 0, width: 320 })
  })

  it('know nothing before the first picture, and after another camera was chosen', () => {
    const meter = new StatsMeter(() => 0)
    const nothing = { fps: 0, bitrate: 0, delay: null, width: null, height: null, skipped: 0, rendition: null, camera: null }
    expect(meter.stats).toEqual(nothing)
    meter.know('320x180 q80', { fps: 15, width: 640, height: 360, codec: 'h264', viewers: 1, reconnects: 0 })
    expect(meter.stats).toMatchObject({ rendition: '320x180 q80', camera: { codec: 'h264' } })
    meter.clear()
    expect(meter.stats).toEqual(nothing)
  })
})
