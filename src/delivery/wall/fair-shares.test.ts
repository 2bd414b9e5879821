import { describe, expect, it } from 'vitest'
import { fairShares } from './fair-shares.ts'

const { POSITIVE_INFINITY: ANYTHING } = Number

describe('the shares of a line', () => {
  it('are equal where all could use more', () => {
    expect(fairShares(900, [400, 500, ANYTHING])).toEqual([300, 300, 300])
  })

  it('leave what small ones do not need to large ones, in whatever order they come', () => {
    expect(fairShares(900, [ANYTHING, 50, 800, 100])).toEqual([375, 50, 375, 100])
  })

  it('are what each can use where the line has room for all', () => {
    expect(fairShares(1e6, [100, 300, 200])).toEqual([100, 300, 200])
  })

  it('are nobody’s where nobody asks', () => {
    expect(fairShares(1e6, [])).toEqual([])
  })
})
