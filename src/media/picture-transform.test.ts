import { describe, expect, it } from 'vitest'
import { croppedArea, transformedSize } from './picture-transform.ts'

const size = { width: 1920, height: 1080 }

describe('the transform of a picture', () => {
  it('keeps the part that is asked for, on even places', () => {
    expect(croppedArea(size, { left: 10, top: 0, width: 33.3, height: 100 })).toEqual({
      left: 192,
      top: 0,
      width: 640,
      height: 1080,
    })
  })

  it('keeps everything where nothing is asked for', () => {
    expect(croppedArea(size, undefined)).toEqual({ left: 0, top: 0, width: 1920, height: 1080 })
  })

  it('never leaves the picture', () => {
    for (const crop of [
      { left: 90, top: 90, width: 50, height: 50 },
      { left: 100, top: 100, width: 0.01, height: 0.01 },
      { left: 0, top: 0, width: 100, height: 100 },
    ]) {
      const area = croppedArea(size, crop)
      expect(area.left + area.width).toBeLessThanOrEqual(1920)
      expect(area.top + area.height).toBeLessThanOrEqual(1080)
      expect(Math.min(area.width, area.height)).toBeGreaterThanOrEqual(2)
    }
  })

  it('changes width and height by a quarter turn, and not by a half one', () => {
    expect(transformedSize(size, { rotate: 90 })).toEqual({ width: 1080, height: 1920 })
    expect(transformedSize(size, { rotate: 180, flip: 'horizontal' })).toEqual(size)
    expect(transformedSize(size, { rotate: 270, crop: { left: 0, top: 0, width: 50, height: 100 } })).toEqual({
      width: 1080,
      height: 960,
    })
  })
})
