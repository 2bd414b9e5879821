import type { Result } from './result.ts'
import type { Bar, Figure } from './scenario.ts'

/** The figures as a Markdown table, ratios first where there is a peer. */
export function formatTable(figures: readonly Figure[], names: readonly [string, string] = ['atalaya', 'peer']): string {
  const hasPeer = figures.some(({ peer }) => peer !== undefined)
  const head = hasPeer ? ['', 'ratio', 'bar', ...names] : ['', 'measured', 'bar']
  const rows = figures.map((figure) => (hasPeer ? compareRow(figure) : plainRow(figure)))
  return formatRows([head, ...rows])
}

/** All bars and whether they are kept to, in one table. */
export function formatBars(results: readonly Pick<Result, 'scenario' | 'figures'>[]): string {
  const rows = results.flatMap(({ scenario, figures }) =>
    figures.filter(({ bar }) => bar).map((figure) => barRow(scenario, figure)),
  )
  return formatRows([['scenario', 'what', 'bar', 'figure', ''], ...rows])
}

/** Figures of a busy machine tell about that machine. */
export function formatCircumstances({ at, load, foreign, minutes, isQuick, rounds }: Result): string {
  const tries = isQuick ? `, short tries (\`--quick\`), rounds: ${rounds}` : `, rounds: ${rounds}`
  const others = `others used ${(foreign * 100).toFixed(0)} % of the processors meanwhile`
  const took = minutes ? `, ${minutes.toFixed(1)} min` : ''
  return `${at.slice(0, 16).replace('T', ' ')} UTC${tries}${took}; load average before: ${load.toFixed(2)}, ${others}`
}

/** Whether a figure keeps to its bar; one without a bar does. */
export function keepsToBar({ value, peer, bar }: Figure): boolean {
  if (!bar) return true
  const judged = peer === undefined ? value : value / peer
  return 'atMost' in bar ? judged <= bar.atMost : judged >= bar.atLeast
}

function barRow(scenario: string, figure: Figure): string[] {
  const { value, peer, unit, bar } = figure
  const judged = peer === undefined ? formatValue(value, unit) : `${(value / peer).toFixed(2)} ×`
  return [scenario, nameOf(figure), bar ? formatLimit(bar) : '', judged, keepsToBar(figure) ? 'met' : '**missed**']
}

function nameOf({ what, peerName }: Figure): string {
  return peerName ? `${what}, beside ${peerName}` : what
}

function formatRows([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function compareRow(figure: Figure): string[] {
  const { value, peer, unit } = figure
  const ratio = peer === undefined ? '' : (value / peer).toFixed(2)
  return [nameOf(figure), ratio, formatBar(figure), formatValue(value, unit), peer === undefined ? '' : formatValue(peer, unit)]
}

function plainRow(figure: Figure): string[] {
  return [figure.what, formatValue(figure.value, figure.unit), formatBar(figure)]
}

function formatValue(value: number, unit = ''): string {
  return `${Number.isInteger(value) ? value : value.toFixed(Math.abs(value) < 10 ? 2 : 1)} ${unit}`.trim()
}

function formatBar(figure: Figure): string {
  if (!figure.bar) return ''
  return `${formatLimit(figure.bar)}${keepsToBar(figure) ? '' : ' **missed**'}`
}

function formatLimit(bar: Bar): string {
  return 'atMost' in bar ? `≤ ${round(bar.atMost)}` : `≥ ${round(bar.atLeast)}`
}

function round(limit: number): number {
  return Math.round(limit * 100) / 100
}
