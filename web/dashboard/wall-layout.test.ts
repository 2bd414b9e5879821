import { describe, expect, it } from 'vitest'
import { layOutWall } from './wall-layout.ts'

const DESK = { width: 1920, height: 1020, gap: 8 }
const TELEVISION = { width: 3840, height: 2160, gap: 8 }
const PHONE = { width: 360, height: 640, gap: 8 }

describe('the wall', () => {
  it.each([
    [1, 1],
    [2, 2],
    [4, 2],
    [5, 3],
    [9, 3],
    [16, 4],
    [25, 5],
    [64, 8],
  ])('of %i cameras stands in %i columns on a desk', (count, columns) => {
    expect(layOutWall(count, DESK)).toMatchObject({ columns, scrolls: false })
  })

  it('stays inside the window, for any number of cameras up to 64', () => {
    for (let count = 1; count <= 64; count++) {
      for (const space of [DESK, TELEVISION]) {
        const { columns, tileWidth, tileHeight } = layOutWall(count, space)
        const rows = Math.ceil(count / columns)
        expect(columns * tileWidth + (columns - 1) * space.gap).toBeLessThanOrEqual(space.width)
        expect(rows * tileHeight + (rows - 1) * space.gap).toBeLessThanOrEqual(space.height)
      }
    }
  })

  it('fills a screen with what fits: sixteen cameras take more than nine tenths of it', () => {
    const { tileWidth, tileHeight } = layOutWall(16, TELEVISION)
    expect((16 * tileWidth * tileHeight) / (TELEVISION.width * TELEVISION.height)).toBeGreaterThan(0.9)
  })

  it('scrolls on a phone rather than become a row of stamps', () => {
    expect(layOutWall(16, PHONE)).toEqual({ columns: 1, tileWidth: 360, tileHeight: 202, scrolls: true })
    expect(layOutWall(1, PHONE)).toMatchObject({ columns: 1, scrolls: false })
  })

  it('keeps the columns that were asked for', () => {
    expect(layOutWall(16, DESK, 2)).toMatchObject({ columns: 2, tileWidth: 956, scrolls: true })
    expect(layOutWall(3, DESK, 6)).toMatchObject({ columns: 6, tileWidth: 313, scrolls: false })
  })

  it('is ready before there is a camera or a window', () => {
    expect(layOutWall(0, DESK).columns).toBe(1)
    expect(layOutWall(4, { width: 0, height: 0, gap: 8 }).columns).toBe(1)
  })
})
