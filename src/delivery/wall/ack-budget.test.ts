import { describe, expect, it } from 'vitest'
import { AckBudget } from './ack-budget.ts'

/** Sends pictures of 50 kB as fast as the budget and a line of so many bytes a second allow, and says how old they became. */
function oldest(bytesPerSecond: number, seconds: number): number {
  let at = 0
  const budget = new AckBudget(() => at)
  const picture = 50_000
  const underway: { sentAt: number; left: number }[] = []
  let worst = 0
  for (; at < seconds * 1000; at += 10) {
    while (underway.length < 32 && budget.has(picture)) {
      budget.spend(picture)
      underway.push({ sentAt: at, left: picture })
    }
    let room = bytesPerSecond / 100
    while (room > 0 && underway[0]) {
      const taken = Math.min(room, underway[0].left)
      underway[0].left -= taken
      room -= taken
      if (underway[0].left > 0) break
      budget.free(picture)
      if (at > 5000) worst = Math.max(worst, at - underway[0].sentAt)
      underway.shift()
    }
    if (at % 400 === 0) budget.measure()
  }
  return worst
}

describe('the bytes on their way to a page', () => {
  it('are bounded by what its line takes, so that pictures stay young on a slow one', () => {
    expect(oldest(200_000, 20)).toBeLessThan(900)
    expect(oldest(1_000_000, 20)).toBeLessThan(900)
  })

  it('let one picture pass on whatever line', () => {
    const budget = new AckBudget(() => 0)
    expect(budget.has(5_000_000)).toBe(true)
    budget.spend(5_000_000)
    expect(budget.has(1)).toBe(false)
    budget.free(5_000_000)
    expect(budget.has(1)).toBe(true)
  })

  it('grow with a line that gets faster', () => {
    let at = 0
    const budget = new AckBudget(() => at)
    for (let round = 0; round < 30; round++) {
      at += 400
      budget.spend(4_000_000)
      budget.free(4_000_000)
      budget.measure()
    }
    budget.spend(3_000_000)
    expect(budget.has(1_000_000)).toBe(true)
  })
})
