import { chooseLanguage, isLanguage, type Language } from './words/words.ts'

/** Light or dark; `auto` follows the system. */
export const THEMES = ['auto', 'dark', 'light'] as const

export type Theme = (typeof THEMES)[number]

/** What the reader chose on this page, kept by the browser. Where it keeps nothing, choices last as long as the page. */
export interface Preferences {
  readonly language: Language
  readonly theme: Theme
}

const KEY = 'atalaya'

/** The reader's choices; without any, those of the gateway (`<html lang>`) and of the browser. */
export function loadPreferences(): Preferences {
  const kept = readKept()
  const named = document.documentElement.dataset['language']
  return {
    language: isLanguage(kept.language ?? '')
      ? (kept.language as Language)
      : chooseLanguage(named ? [named] : navigator.languages),
    theme: THEMES.find((theme) => theme === kept.theme) ?? 'auto',
  }
}

/** Keeps the reader's choices for the next time. */
export function savePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences))
  } catch {
    // Browsers that keep nothing, or have no room left, forget the choice with the page.
  }
}

function readKept(): { language?: string; theme?: string } {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as { language?: string; theme?: string }
  } catch {
    return {}
  }
}
