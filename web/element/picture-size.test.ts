import { describe, expect, it } from 'vitest'
import { neededFps, neededWidth, type Place } from './picture-size.ts'

const place: Place = { width: 320, height: 180, pixelRatio: 1, fit: 'contain', aspect: 16 / 9 }

describe('the width of the pictures for a place', () => {
  it.each<[string, Partial<Place>, number | undefined]>([
    ['is that of the place', {}, 320],
    ['is one of few steps', { width: 330, height: 186 }, 480],
    ['is not a step more for a border', { width: 326, height: 190 }, 320],
    ['counts the pixels of the screen', { pixelRatio: 2 }, 640],
    ['is what fits into a low place', { width: 1600, height: 180 }, 320],
    ['is what covers a high one', { width: 320, height: 720, fit: 'cover' }, 1280],
    ['takes upright pictures for what they are', { width: 720, height: 1280, aspect: 9 / 16 }, 800],
    ['has a largest step', { width: 9000, height: 9000 }, 3840],
    ['is unknown where there is no place', { height: 0 }, undefined],
  ])('%s', (_what, change, width) => {
    expect(neededWidth({ ...place, ...change })).toBe(width)
  })
})

it('many small pictures come less often than one large one', () => {
  expect([160, 320, 480, 640, undefined].map(neededFps)).toEqual([10, 15, 15, undefined, undefined])
})
