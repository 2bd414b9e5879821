import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SecurityLab } from './security-lab.ts'
import { trialTable, withTrialTable } from './trial-table.ts'
import { TRIALS } from './trials.ts'

describe('what attackers try', () => {
  let lab: SecurityLab

  beforeAll(async () => {
    lab = await SecurityLab.open()
  })
  afterAll(() => lab[Symbol.asyncDispose]())

  it.each(TRIALS.filter(({ isLong }) => !isLong))('$id: $what.en, $answer.en', async (trial) => {
    await trial.run(lab)
    expect(lab.longestGapMs()).toBeLessThan(Number.POSITIVE_INFINITY) // the bystander is still there
  })
})

it.each([
  ['docs/security.md', 'en'],
  ['docs/security.es.md', 'es'],
] as const)('%s lists all of it: npm run test:security -- --write', (file, language) => {
  const page = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
  expect(withTrialTable(page, language)).toBe(page)
  expect(trialTable(language).split('\n')).toHaveLength(TRIALS.length + 2)
  expect(TRIALS.map(({ id }) => id)).toEqual(Array.from({ length: 64 }, (_, index) => `X${index + 1}`))
})
