import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import type { Figure, Report, Scenario, ScenarioOptions } from './scenario.ts'

/** Where each run leaves what it measured. */
export const RESULTS = '.cache/bench'

/** What a scenario measured, and under which circumstances. */
export interface Result extends Circumstances {
  readonly scenario: string
  /** ISO 8601. */
  readonly at: string
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly figures: readonly Figure[]
  /** Names of the charts, whose files lie beside. */
  readonly charts: readonly string[]
}

interface Circumstances extends ScenarioOptions {
  /** The machine's load average before. */
  readonly load: number
  /** Share of all processors that others used meanwhile. */
  readonly foreign: number
  /** Minutes that it took. */
  readonly minutes: number
}

/** Keeps a result with its readings and its charts. */
export async function storeResult({ name }: Scenario, report: Report, circumstances: Circumstances): Promise<Result> {
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? '', cores: cpus().length }
  const charts = Object.entries(report.charts ?? {})
  const figures = report.figures.filter(
    ({ value, peer }) => Number.isFinite(value) && (peer === undefined || Number.isFinite(peer)),
  )
  const made = { scenario: name, at: new Date().toISOString(), ...machine, ...circumstances }
  const result: Result = { ...made, figures, charts: charts.map(([chart]) => chart) }
  await mkdir(RESULTS, { recursive: true })
  for (const [chart, svg] of charts) await writeFile(`${RESULTS}/${chart}.svg`, svg)
  await writeFile(`${RESULTS}/${name}.json`, `${JSON.stringify({ ...result, readings: report.readings }, undefined, 2)}\n`)
  return result
}

/** The last result of a scenario, without its readings; undefined where it never ran. */
export async function readResult({ name }: Scenario): Promise<Result | undefined> {
  try {
    const { readings: _, ...result } = JSON.parse(await readFile(`${RESULTS}/${name}.json`, 'utf8'))
    return result as Result
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
