import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { dirname } from 'node:path'
import type { Outcome } from './examine.ts'

/** A row as it was last run on this machine. */
export interface StoredOutcome extends Outcome {
  readonly at: string
  /** The share of all processors that others used meanwhile. */
  readonly foreign: number
}

/** The rows that were run before, perhaps in several portions. */
export async function readReport(file: string): Promise<StoredOutcome[]> {
  const text = await readFile(file, 'utf8').catch(() => '{"outcomes":[]}')
  return (JSON.parse(text) as { outcomes: StoredOutcome[] }).outcomes
}

/** Keeps these rows, and those of former runs that were not run again. */
export async function storeReport(file: string, outcomes: readonly StoredOutcome[]): Promise<void> {
  const ids = new Set(outcomes.map(({ id }) => id))
  const former = (await readReport(file)).filter(({ id }) => !ids.has(id))
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length }
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify({ ...machine, outcomes: [...former, ...outcomes] }, undefined, 2)}\n`)
}
