import { keepsToBar } from '../../bench/report-table.ts'
import type { Figure } from '../../bench/scenario.ts'
import { lostPercent } from './bystanders.ts'
import type { Fault, Finding } from './fault.ts'
import { Lab, type LabOptions, type LabReport } from './lab.ts'

/** What became of one row. */
export interface Outcome {
  readonly id: string
  readonly what: string
  readonly verdict: 'pass' | 'fail' | 'not run here'
  readonly finding: Finding
  readonly report: LabReport | undefined
  /** The checks of the finding, and those that hold for every row. */
  readonly checks: readonly Figure[]
  /** Why it was not run, or what broke. */
  readonly why: string | undefined
  /** Runs until it passed, or was given up. */
  readonly tries: number
  /** Outages were shorter and repetitions fewer than the row says. */
  readonly isQuick: boolean
  readonly seconds: number
}

/** Brings one fault about in a laboratory of its own and judges what came of it. Never throws: what breaks is a failed row. */
export async function examine(fault: Fault, options: LabOptions): Promise<Outcome> {
  const { id, what } = fault
  const began = performance.now()
  const outcome = (verdict: Outcome['verdict'], rest: Partial<Outcome>): Outcome => ({
    ...{
      id,
      what,
      verdict,
      finding: { checks: [] },
      report: undefined,
      checks: [],
      why: undefined,
      tries: 1,
      isQuick: options.isQuick,
    },
    ...rest,
    seconds: (performance.now() - began) / 1000,
  })
  try {
    await using lab = new Lab(options)
    const finding = await fault.run(lab)
    const report = await lab.report()
    const checks = [...finding.checks, ...(fault.hitsAll ? [] : bystanderChecks(report))]
    return outcome(checks.every(keepsToBar) ? 'pass' : 'fail', { finding, report, checks })
  } catch (error) {
    return outcome('fail', { why: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

/** Nobody else may notice: they fare no worse than those at a gateway without the fault, at the same time on the same machine. */
function bystanderChecks({ bystanders, control, before, after }: LabReport): Figure[] {
  return [
    { what: 'bystanders: pictures lost', value: lostPercent(bystanders), unit: '%', bar: { atMost: 2 + lostPercent(control) } },
    { what: 'bystanders: viewers lost', value: bystanders.closed, bar: { atMost: 0 } },
    {
      what: 'bystanders: delay, 99 of 100',
      value: bystanders.delay99 * 1000,
      unit: 'ms',
      bar: { atMost: 250 + control.delay99 * 1000 },
    },
    { what: 'zombies', value: Math.max(0, after.zombies - before.zombies), bar: { atMost: 0 } },
  ]
}
