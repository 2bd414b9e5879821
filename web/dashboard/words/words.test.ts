import { describe, expect, it } from 'vitest'
import { OFFLINE_REASONS } from '../../../src/api/camera-state.ts'
import { ENGLISH } from './english.ts'
import { SPANISH } from './spanish.ts'
import { chooseLanguage, wordsOf } from './words.ts'

describe('the words of the dashboard', () => {
  it('exist in both languages, key by key', () => {
    expect(shape(SPANISH)).toEqual(shape(ENGLISH))
  })

  it('leave nothing untranslated but what is the same in both', () => {
    const english = texts(ENGLISH)
    const same = [...texts(SPANISH)].filter(([path, text]) => english.get(path) === text).map(([, text]) => text)
    expect(new Set(same)).toEqual(new Set(['Id', 'No', 'f', 's', 'a', 'e', '?', 'Esc', '← ↑ → ↓', 'Enter, 1 – 9', 'Video']))
  })

  it.each(OFFLINE_REASONS)('say what %s means and what to try', (reason) => {
    for (const { troubles } of [ENGLISH, SPANISH]) {
      expect(troubles[reason].what).toMatch(/\.$/)
      expect(troubles[reason].tries.length).toBeGreaterThan(0)
    }
  })

  it('count and tell time as people do', () => {
    expect([wordsOf('en').cameras(1), wordsOf('es').cameras(2)]).toEqual(['1 camera', '2 cámaras'])
    expect([0.2, 59, 60, 3725, 90_000].map(ENGLISH.ago)).toEqual([
      'just now',
      '59 s ago',
      '1 min ago',
      '1 h 2 min ago',
      '1 d 1 h ago',
    ])
    expect(SPANISH.ago(3725)).toBe('hace 1 h 2 min')
  })
})

describe('the language of the reader', () => {
  it('is the first of theirs that is spoken here, and English otherwise', () => {
    expect(chooseLanguage(['de-DE', 'es-GT', 'en'])).toBe('es')
    expect(chooseLanguage(['EN-us'])).toBe('en')
    expect(chooseLanguage(['de', 'fr'])).toBe('en')
    expect(chooseLanguage([])).toBe('en')
  })
})

/** Every path of a table with the kind of what stands there. */
function shape(table: object): Record<string, string> {
  const found: Record<string, string> = {}
  walk(table, '', (path, value) => {
    found[path] = typeof value
  })
  return found
}

function texts(table: object): Map<string, string> {
  const found = new Map<string, string>()
  walk(table, '', (path, value) => {
    if (typeof value === 'string' && path !== '.locale') found.set(path, value)
  })
  return found
}

function walk(value: unknown, path: string, found: (path: string, value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) {
    found(path, value)
    return
  }
  // Sentences to try may be more in one language than in the other.
  if (path.endsWith('.tries')) return
  for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`, found)
}
