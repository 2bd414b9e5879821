import { describe, expect, it } from 'vitest'
import type { Picture } from '../media/picture.ts'
import type { RenditionRequest } from '../media/rendition.ts'
import { micros } from '../media/time.ts'
import { isNews, PictureFitter } from './picture-fitter.ts'
import { rungCost } from './quality-ladder.ts'

const FULL = { width: 1280, fps: 25, quality: 80 }
const FULL_BYTES = 40_000

/** A viewer of a camera that makes what is asked for. */
class Viewer {
  asked: RenditionRequest = {}
  admitted: Picture[] = []
  readonly fitter = new PictureFitter({
    request: {},
    quality: FULL.quality,
    sourceFps: () => FULL.fps,
    change: (request) => {
      this.asked = request
    },
    now: () => this.#at,
  })
  #at = 0

  run(seconds: number, drain: number | undefined): void {
    this.admitted = []
    const interval = 1000 / FULL.fps
    for (const end = this.#at + seconds * 1000; this.#at < end; this.#at += interval) {
      const isMade = this.#at % (1000 / (this.asked.fps ?? FULL.fps)) < interval
      const picture = this.#picture()
      if (isMade && this.fitter.admits(picture, drain)) this.admitted.push(picture)
    }
  }

  get bytesASecond(): number {
    return this.admitted.reduce((sum, { data }) => sum + data.length, 0)
  }

  #picture(): Picture {
    const { width = FULL.width } = this.asked
    const bytes = Math.round(FULL_BYTES * rungCost({ ...this.asked, fps: FULL.fps }, FULL))
    return { data: Buffer.alloc(bytes), width, height: width, sequence: 1, capturedAt: micros(this.#at * 1000) }
  }
}

describe('pictures that are fitted', () => {
  it('are the best while nothing is known of the line, and where it bears them', () => {
    const viewer = new Viewer()
    viewer.run(2, undefined)
    viewer.run(2, 5e6)
    expect(viewer.asked).toEqual({})
    expect(viewer.admitted).toHaveLength(2 * FULL.fps)
  })

  it.each([500_000, 125_000, 40_000])('fill at most 70 %% of %i bytes a second', (drain) => {
    const viewer = new Viewer()
    viewer.run(5, drain)
    viewer.run(10, drain)
    expect(viewer.bytesASecond / 10).toBeLessThanOrEqual(0.7 * drain)
    expect(viewer.admitted.length).toBeGreaterThanOrEqual(10)
    expect(viewer.asked.isAdaptive).toBe(true)
  })

  it('are the best again when the line has recovered, of which they know what that would take', () => {
    const viewer = new Viewer()
    viewer.run(5, 60_000)
    expect(viewer.asked).toMatchObject({ fps: 5, quality: 30 })
    expect(viewer.fitter.fullBytesPerSecond).toBeGreaterThan(0.8 * FULL.fps * FULL_BYTES)
    expect(viewer.fitter.fullBytesPerSecond).toBeLessThan(1.2 * FULL.fps * FULL_BYTES)
    viewer.run(12, 5e6)
    expect(viewer.asked).toEqual({ isAdaptive: true })
    viewer.run(2, 5e6)
    expect(viewer.admitted).toHaveLength(2 * FULL.fps)
  })
})

describe('a picture', () => {
  const picture = (sequence: number, capturedAt: number) => ({
    data: Buffer.alloc(1),
    width: 16,
    height: 16,
    sequence,
    capturedAt: micros(capturedAt),
  })

  it('is no news in another form, but where it comes from another stream', () => {
    const last = picture(100, 5_000_000)
    expect(isNews(last, undefined)).toBe(true)
    expect(isNews(picture(100, 5_000_000), last)).toBe(false)
    expect(isNews(picture(99, 4_960_000), last)).toBe(false)
    expect(isNews(picture(101, 5_040_000), last)).toBe(true)
    expect(isNews(picture(3, 5_040_000), last)).toBe(true)
  })
})
