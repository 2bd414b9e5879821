import type { OfflineReason } from '../../../src/api/camera-state.ts'
import type { CameraStatus } from '../../../src/api/camera-status.ts'
import type { DiagnosisStepName } from '../../../src/api/diagnosis.ts'
import { ENGLISH } from './english.ts'
import { SPANISH } from './spanish.ts'

/** The languages of the dashboard. */
export const LANGUAGES = ['en', 'es'] as const

export type Language = (typeof LANGUAGES)[number]

/** Why a camera shows nothing, for the person in front of it. */
export interface Trouble {
  /** What is wrong, in a sentence. */
  readonly what: string
  /** What to try, the likeliest first. */
  readonly tries: readonly string[]
}

/** Every reason for a tile without live pictures. */
export type DarkReason = OfflineReason | 'on-hold' | 'on-demand'

/** All that the dashboard says. */
export interface Words {
  readonly locale: string
  readonly cameras: (count: number) => string
  readonly summary: (live: number, dark: number) => string
  readonly states: Readonly<Record<CameraStatus['state'], string>>
  readonly conditions: Readonly<Record<'black' | 'frozen' | 'slow', string>>
  readonly noSignalSince: (time: string) => string
  readonly connectingSince: (time: string) => string
  readonly stoppedSince: (time: string) => string
  readonly retryIn: (seconds: number) => string
  readonly whatToTry: string
  readonly troubles: Readonly<Record<DarkReason, Trouble>>
  readonly ago: (seconds: number) => string
  readonly duration: (seconds: number) => string
  readonly actions: Readonly<
    Record<
      | 'add'
      | 'back'
      | 'cancel'
      | 'close'
      | 'copied'
      | 'copy'
      | 'diagnose'
      | 'diagnosing'
      | 'discover'
      | 'discovering'
      | 'edit'
      | 'events'
      | 'fullscreen'
      | 'help'
      | 'language'
      | 'login'
      | 'logout'
      | 'reconnect'
      | 'remove'
      | 'save'
      | 'snapshot'
      | 'start'
      | 'stop'
      | 'test'
      | 'theme'
      | 'use',
      string
    >
  >
  readonly themes: Readonly<Record<'auto' | 'dark' | 'light', string>>
  readonly columns: string
  readonly automatic: string
  readonly gatewayGone: string
  readonly empty: { readonly title: string; readonly text: string }
  readonly onlyAdmins: string
  readonly noSuchCamera: (id: string) => string
  readonly failed: (what: string) => string
  readonly statistics: Readonly<
    Record<
      | 'title'
      | 'fps'
      | 'bitrate'
      | 'delay'
      | 'skipped'
      | 'resolution'
      | 'codec'
      | 'reconnects'
      | 'viewers'
      | 'address'
      | 'picture'
      | 'lastError'
      | 'advice',
      string
    >
  >
  readonly embed: Readonly<Record<'title' | 'image' | 'element' | 'snapshot', string>>
  readonly ptz: Readonly<
    Record<'title' | 'up' | 'down' | 'left' | 'right' | 'home' | 'nearer' | 'farther' | 'presets' | 'go', string>
  >
  readonly diagnosis: {
    readonly title: string
    readonly fine: string
    readonly steps: Readonly<Record<DiagnosisStepName, string>>
  }
  readonly form: Readonly<
    Record<
      | 'addTitle'
      | 'editTitle'
      | 'byAddress'
      | 'byBrand'
      | 'id'
      | 'idHint'
      | 'name'
      | 'url'
      | 'urlHint'
      | 'brand'
      | 'host'
      | 'port'
      | 'channel'
      | 'stream'
      | 'user'
      | 'password'
      | 'passwordKept'
      | 'more'
      | 'connect'
      | 'always'
      | 'onDemand'
      | 'transport'
      | 'width'
      | 'fps'
      | 'quality'
      | 'rotate'
      | 'flip'
      | 'none'
      | 'horizontal'
      | 'vertical'
      | 'automatic'
      | 'notKept'
      | 'inFile'
      | 'saved'
      | 'removed'
      | 'found'
      | 'nothingFound',
      string
    >
  > & { readonly removeQuestion: (name: string) => string }
  readonly log: {
    readonly title: string
    readonly empty: string
    readonly changes: Readonly<Record<'added' | 'changed' | 'removed', string>>
    readonly lost: string
    readonly back: (name: string, seconds: number) => string
    readonly dark: (name: string) => string
    readonly all: string
  }
  readonly keys: {
    readonly title: string
    readonly rows: readonly (readonly [keys: string, meaning: string])[]
  }
}

/** The words of a language. */
export function wordsOf(language: Language): Words {
  return language === 'es' ? SPANISH : ENGLISH
}

/** The first of what the reader prefers that the dashboard speaks; English where it speaks none of it. */
export function chooseLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const [primary = ''] = tag.toLowerCase().split('-')
    if (isLanguage(primary)) return primary
  }
  return 'en'
}

/** Whether the dashboard speaks it. */
export function isLanguage(tag: string): tag is Language {
  return (LANGUAGES as readonly string[]).includes(tag)
}
