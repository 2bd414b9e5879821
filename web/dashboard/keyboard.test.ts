import { describe, expect, it } from 'vitest'
import { readKey } from './keyboard.ts'

const press = (key: string, more: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey', boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
})

describe('the keyboard', () => {
  it('opens a camera by its digit', () => {
    expect(readKey(press('1'), false)).toEqual({ name: 'open', index: 0 })
    expect(readKey(press('9'), false)).toEqual({ name: 'open', index: 8 })
    expect(readKey(press('0'), false)).toBeUndefined()
  })

  it.each([
    ['f', 'fullscreen'],
    ['F', 'fullscreen'],
    ['s', 'snapshot'],
    ['a', 'add'],
    ['e', 'events'],
    ['?', 'help'],
    ['Escape', 'back'],
  ])('%s means %s', (key, name) => {
    expect(readKey(press(key), false)).toEqual({ name })
  })

  it('leaves letters to the field that is written in, but for Escape', () => {
    expect(['f', '1', 'ArrowLeft', '?'].map((key) => readKey(press(key), true))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(readKey(press('Escape'), true)).toEqual({ name: 'back' })
  })

  it('leaves the browser its own', () => {
    expect(readKey(press('f', { ctrlKey: true }), false)).toBeUndefined()
    expect(readKey(press('s', { metaKey: true }), false)).toBeUndefined()
    expect(readKey(press('ArrowLeft', { altKey: true }), false)).toBeUndefined()
  })
})
