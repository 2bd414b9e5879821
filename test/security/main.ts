/**
 * `npm run test:security -- [--only X1,X12] [--write]`: tries what attackers try against a gateway with users, beside a bystander who
 * must not notice, and prints what came of it; `--write` puts the table into docs/security.md and docs/security.es.md. Ends with 1 when
 * anything else than the listed answer comes back.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { endWithParent } from '../../scripts/parent-watch.mjs'
import { SecurityLab } from './security-lab.ts'
import type { Trial } from './trial.ts'
import { withTrialTable } from './trial-table.ts'
import { TRIALS } from './trials.ts'

/** The trials run in the same process: what they compute themselves counts, too. */
const BYSTANDER_MS = 3000

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
endWithParent()

const { values } = parseArgs({ options: { only: { type: 'string' }, write: { type: 'boolean', default: false } } })
if (values.write) {
  for (const [file, language] of [
    ['security.md', 'en'],
    ['security.es.md', 'es'],
  ] as const) {
    const page = new URL(`../../docs/${file}`, import.meta.url)
    await writeFile(page, withTrialTable(await readFile(page, 'utf8'), language))
  }
}
const wanted = values.only?.split(',')
const failed: string[] = []
for (const trial of TRIALS.filter(({ id }) => wanted === undefined || wanted.includes(id))) {
  const began = performance.now()
  const fault = await faultOf(trial)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(
    `${fault === undefined ? 'as listed' : 'FAIL     '}  ${trial.id.padEnd(4)} ${trial.what.en} → ${trial.answer.en} (${seconds} s)`,
  )
  if (fault === undefined) continue
  console.log(fault)
  failed.push(trial.id)
}
if (failed.length > 0) console.error(`Failed: ${failed.join(', ')}`)
process.exit(failed.length > 0 ? 1 : 0)

async function faultOf(trial: Trial): Promise<string | undefined> {
  try {
    await using lab = await SecurityLab.open()
    await trial.run(lab)
    const gapMs = lab.longestGapMs()
    return gapMs < BYSTANDER_MS ? undefined : `The bystander waited ${Math.round(gapMs)} ms for a picture.`
  } catch (error) {
    return (error as Error).stack
  }
}
