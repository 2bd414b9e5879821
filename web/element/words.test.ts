import { describe, expect, it } from 'vitest'
import { OFFLINE_REASONS } from '../../src/api/camera-state.ts'
import { EN, ES, wordsOf } from './words.ts'

describe('the words of the element', () => {
  it('are the same ones in both languages, and never empty', () => {
    expect(shapeOf(ES)).toEqual(shapeOf(EN))
    expect(shapeOf(EN).filter((key) => key.endsWith(': empty'))).toEqual([])
  })

  it('know every reason for which a camera is offline', () => {
    expect(Object.keys(EN.reasons)).toEqual(expect.arrayContaining([...OFFLINE_REASONS]))
  })

  it('are Spanish for all who speak Spanish', () => {
    expect(['es', 'es-GT', 'ES-mx'].map(wordsOf)).toEqual([ES, ES, ES])
    expect(['en', 'de', '', 'est'].map(wordsOf)).toEqual([EN, EN, EN, EN])
  })
})

function shapeOf(words: object): string[] {
  return Object.entries(words).flatMap(([key, value]) => {
    if (typeof value === 'object') return shapeOf(value).map((inner) => `${key}.${inner}`)
    const text: unknown = typeof value === 'function' ? value('7') : value
    return [`${key}: ${text === '' ? 'empty' : 'words'}`]
  })
}
