import { DIAGNOSIS_STEPS, type DiagnosisStep, type DiagnosisStepName } from '../../api/diagnosis.ts'
import type { SourceConfig } from '../../config/config.ts'
import type { CameraFindings } from './camera-findings.ts'
import { DIAGNOSIS_WORDS } from './diagnosis-words.ts'
import { placeOf, STEP_OF } from './obstacle.ts'

/** The way to the picture, step by step up to the first that failed, in plain words. */
export function describeSteps(findings: CameraFindings, source: SourceConfig, language: 'en' | 'es'): DiagnosisStep[] {
  const { passed, obstacles } = DIAGNOSIS_WORDS[language]
  const place = placeOf(source)
  const names = DIAGNOSIS_STEPS.filter((step) => place !== undefined || !NETWORK_STEPS.has(step))
  const { obstacle, givesPictures } = findings
  const failing = givesPictures || obstacle === null ? names.length : Math.max(0, names.indexOf(STEP_OF[obstacle]))
  const facts = {
    HOST: place?.host ?? '',
    PORT: String(place?.port ?? ''),
    VIDEO: videoOf(findings),
    CAUSE: findings.error?.message ?? '',
  }
  let before = 0
  const steps = names.slice(0, failing).map((step) => {
    const at = Math.max(before, findings.marks[step] ?? before)
    const ms = Math.round((at - before) * 10) / 10
    before = at
    const words = step === 'login' && findings.login === 'not-asked-for' ? passed.open : passed[step]
    return { step, ok: true, ms, message: fill(words, facts), advice: null }
  })
  const step = names[failing]
  if (step === undefined || obstacle === null) return steps
  const { message, advice } = obstacles[obstacle]
  return [...steps, { step, ok: false, ms: null, message: fill(message, facts), advice: fill(advice, facts) }]
}

const NETWORK_STEPS: ReadonlySet<DiagnosisStepName> = new Set(['name', 'connection', 'protocol', 'login'])

function videoOf({ codec, width, height }: CameraFindings): string {
  return [codec === null ? '' : (CODECS[codec] ?? codec), width === null ? '' : `${width}x${height}`].filter(Boolean).join(' ')
}

const CODECS: Readonly<Record<string, string>> = { h264: 'H.264', h265: 'H.265', jpeg: 'JPEG' }

function fill(words: string, facts: Readonly<Record<string, string>>): string {
  return words.replace(/\b(HOST|PORT|VIDEO|CAUSE)\b/g, (_, name: string) => facts[name] ?? '').trim()
}
