import { describe, expect, it } from 'vitest'
import { chooseRendition, completeRequest, fitRendition, formatRendition } from './choose-rendition.ts'

const native = { width: 1920, height: 1080 }

describe('the choice of a rendition', () => {
  it.each([
    ['nothing', {}, '1920x1080 q80'],
    ['a width', { width: 640 }, '640x360 q80'],
    ['a height', { height: 540 }, '960x540 q80'],
    ['a box of another shape', { width: 640, height: 640 }, '640x360 q80'],
    ['more than there is', { width: 4000 }, '1920x1080 q80'],
    ['an odd width', { width: 333 }, '332x188 q80'],
    ['a rate and a quality', { fps: 10, quality: 50 }, '1920x1080@10 q50'],
  ])('fits %s', (_what, request, name) => {
    expect(formatRendition(fitRendition(completeRequest(request, { quality: 80 }), native))).toBe(name)
  })

  it("takes the camera's own size only where the request names none", () => {
    const defaults = { width: 960, quality: 70 }
    expect(completeRequest({}, defaults)).toEqual({ width: 960, quality: 70 })
    expect(completeRequest({ height: 1080 }, defaults)).toEqual({ height: 1080, quality: 70 })
  })

  it('is exact for four renditions, then the nearest that exists', () => {
    const inUse = [1920, 1280, 640, 320].map((width) => fitRendition({ width, quality: 80 }, native))
    const wanted = fitRendition({ width: 700, quality: 80 }, native)
    expect(chooseRendition(wanted, inUse.slice(1))).toBe(wanted)
    expect(formatRendition(chooseRendition(wanted, inUse))).toBe('640x360 q80')
  })

  it('is exact at any rate where its size and quality are made already', () => {
    const inUse = [1920, 1280, 640, 320].map((width) => fitRendition({ width, fps: 10, quality: 80 }, native))
    const wanted = fitRendition({ width: 640, fps: 3, quality: 80 }, native)
    expect(chooseRendition(wanted, inUse)).toBe(wanted)
    const many = Array.from({ length: 24 }, (_, index) => fitRendition({ width: 640, fps: index + 4, quality: 80 }, native))
    expect(formatRendition(chooseRendition(wanted, many))).toBe('640x360@4 q80')
  })

  it('is not taken away by viewers whose pictures are fitted to their lines', () => {
    const inUse = [1920, 1280, 640, 320].map((width) => fitRendition({ width, quality: 30 }, native))
    const wanted = fitRendition({ width: 700, quality: 80 }, native)
    expect(chooseRendition(wanted, inUse, [])).toBe(wanted)
  })
})
