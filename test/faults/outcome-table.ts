import { formatTable, keepsToBar } from '../../bench/report-table.ts'
import type { Outcome } from './examine.ts'

/** The matrix as a Markdown table. */
export function formatOutcomes(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(formatRow)
  return [HEAD, HEAD.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** The checks of one row that were missed, and what broke; empty when it passed. */
export function formatMisses({ id, checks, why }: Outcome): string {
  const missed = checks.filter((check) => !keepsToBar(check))
  return [...(missed.length > 0 ? [`${id}:\n${formatTable(missed)}`] : []), ...(why ? [`${id}: ${why}`] : [])].join('\n')
}

const HEAD = ['', 'fault', 'noticed after', 'back after', "bystanders' lost pictures", 'memory', 'descriptors', '']

function formatRow({ id, what, verdict, finding, report, isQuick }: Outcome): string[] {
  const { detected, recovered } = finding
  return [
    id,
    isQuick ? `${what} (shortened)` : what,
    detected === undefined ? '' : `${detected.toFixed(1)} s`,
    recovered === undefined ? '' : `${recovered.toFixed(1)} s`,
    report ? `${report.bystanders.lost} of ${report.bystanders.pictures + report.bystanders.lost}` : '',
    report && report.after.memory > 0 ? formatChange((report.after.memory - report.before.memory) / 1e6, 1, ' MB') : '',
    report && report.after.descriptors > 0 ? formatChange(report.after.descriptors - report.before.descriptors, 0) : '',
    verdict === 'fail' ? '**fail**' : verdict,
  ]
}

function formatChange(value: number, digits: number, unit = ''): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(digits)}${unit}`
}
