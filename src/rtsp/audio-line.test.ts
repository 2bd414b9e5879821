import { describe, expect, it } from 'vitest'
import { micros } from '../media/time.ts'
import { AudioLine } from './audio-line.ts'

const time = (pts: number, capturedAt: number) => ({
  pts: micros(pts * 1000),
  dts: micros(pts * 1000),
  capturedAt: micros(capturedAt * 1000),
})

describe('audio on the line of the video', () => {
  it('has no place before the first picture', () => {
    expect(new AudioLine().place(time(0, 500))).toBeUndefined()
  })

  it('has the time of the picture that was taken at the same moment, without seams', () => {
    const line = new AudioLine()
    line.picture(time(400, 10_000))
    expect(line.place(time(0, 10_010))).toBe(410_000)
    // The next frame came late, or was dated a little wrong: 20 ms are 20 ms.
    expect(line.place(time(20, 10_055))).toBe(430_000)
  })

  it('is put right when both have come apart', () => {
    const line = new AudioLine()
    line.picture(time(0, 10_000))
    line.place(time(0, 10_000))
    expect(line.place(time(20, 10_500))).toBe(500_000)
    expect(line.place(time(40, 10_520))).toBe(520_000)
  })

  it('never runs backwards', () => {
    const line = new AudioLine()
    line.picture(time(0, 10_000))
    line.place(time(1000, 11_000))
    expect(line.place(time(1020, 10_000))).toBe(1_000_001)
  })
})
