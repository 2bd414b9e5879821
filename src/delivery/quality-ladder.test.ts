import { describe, expect, it } from 'vitest'
import { qualityLadder, rungCost } from './quality-ladder.ts'

describe('the ladder of qualities', () => {
  const full = { width: 1280, fps: 30, quality: 80 }

  it('takes away pictures first, then quality, then width', () => {
    expect(qualityLadder(full)).toEqual([
      {},
      { fps: 15 },
      { fps: 10 },
      { fps: 5 },
      { fps: 5, quality: 60 },
      { fps: 5, quality: 45 },
      { fps: 5, quality: 30 },
      { fps: 5, quality: 30, width: 960 },
      { fps: 5, quality: 30, width: 640 },
      { fps: 5, quality: 30, width: 480 },
      { fps: 5, quality: 30, width: 320 },
      { fps: 2, quality: 30, width: 320 },
      { fps: 1, quality: 30, width: 320 },
    ])
  })

  it.each([
    full,
    { width: 640, fps: 4, quality: 50 },
    { width: 300, fps: 12, quality: 20 },
    { width: 3840, fps: 25, quality: 95 },
  ])('is cheaper with every step, from %o', (best) => {
    const costs = qualityLadder(best).map((rung) => rungCost(rung, best))
    expect(costs[0]).toBe(1)
    expect(costs.every((cost, index) => index === 0 || cost < (costs[index - 1] ?? 0))).toBe(true)
    expect(costs.at(-1)).toBeLessThan(0.6)
  })
})
