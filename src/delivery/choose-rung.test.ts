import { describe, expect, it } from 'vitest'
import { RungChooser } from './choose-rung.ts'
import { rungCost } from './quality-ladder.ts'

const FULL = { width: 1280, fps: 30, quality: 80 }
const FULL_BYTES = 50_000

/** A viewer on a line that takes so many bytes a second; asked ten times a second. */
class Line {
  readonly chooser = new RungChooser(FULL)
  changes = 0
  #at = 0

  run(seconds: number, drain: number): void {
    for (const end = this.#at + seconds * 1000; this.#at < end; this.#at += 100) {
      if (this.chooser.choose({ at: this.#at, drain, pictureBytes: this.#pictureBytes })) this.changes++
    }
  }

  get bytesPerSecond(): number {
    return this.#pictureBytes * (this.chooser.rung.fps ?? FULL.fps)
  }

  get #pictureBytes(): number {
    return FULL_BYTES * rungCost({ ...this.chooser.rung, fps: FULL.fps }, FULL)
  }
}

describe('the chooser of quality', () => {
  it('leaves the best to a line that bears it', () => {
    const line = new Line()
    line.run(10, 3e6)
    expect(line.chooser.rung).toEqual({})
  })

  it('fills at most 70 % of a line, from the first moment that it is known', () => {
    for (const drain of [1e6, 500_000, 125_000, 40_000]) {
      const line = new Line()
      line.run(0.1, drain)
      expect(line.bytesPerSecond).toBeLessThanOrEqual(0.7 * drain)
      expect(line.changes).toBe(1)
    }
  })

  it('comes up again when the line recovers', () => {
    const line = new Line()
    line.run(5, 1e6)
    line.run(10, 125_000)
    expect(line.chooser.rung.fps).toBe(5)
    line.run(15, 1e6)
    expect(line.chooser.rung).toEqual({ fps: 10 })
    line.run(5, 5e6)
    expect(line.chooser.rung).toEqual({})
  })

  it('tries ever more rarely what has not worked', () => {
    const line = new Line()
    line.run(1, 125_000)
    // A line that looks good while little is asked of it, and gives way under more.
    const tries = (rounds: number) => {
      const before = line.changes
      for (let round = 0; round < rounds; round++) line.run(0.1, line.bytesPerSecond > 87_500 ? 125_000 : 1e6)
      return line.changes - before
    }
    expect(tries(300)).toBeGreaterThan(tries(300))
    expect(tries(300)).toBeLessThanOrEqual(4)
  })

  it('shows fewer pictures still where even the last step is too much', () => {
    const line = new Line()
    expect(line.chooser.bearableFps({ at: 0, drain: 20_000, pictureBytes: 14_000 })).toBe(1)
  })
})
