import { describe, expect, it } from 'vitest'
import { SizeLimit } from './size-limit.ts'

const HUGE = { width: 65_535, height: 65_535 }

describe('the size of pictures', () => {
  it('may be 50 megapixels, and no more', () => {
    const limit = new SizeLimit()
    expect(limit.admits({ width: 10_000, height: 5000 })).toBe(true)
    expect(limit.admits({ width: 10_001, height: 5000 })).toBe(false)
  })

  it('of a damaged one among good ones does no harm', () => {
    const limit = new SizeLimit()
    for (let i = 0; i < 10; i++) {
      expect(limit.admits(HUGE)).toBe(false)
      expect(limit.admits(HUGE)).toBe(false)
      expect(limit.admits({ width: 640, height: 480 })).toBe(true)
    }
  })

  it('is named where nothing else comes', () => {
    const limit = new SizeLimit()
    expect(limit.admits(HUGE)).toBe(false)
    expect(limit.admits(HUGE)).toBe(false)
    expect(() => limit.admits(HUGE)).toThrow(
      expect.objectContaining({ code: 'unsupported', message: expect.stringContaining('65535x65535') }),
    )
  })
})
