import type { Bar, Figure } from './scenario.ts'

/** The figures as a Markdown table, ratios first where there is a peer. */
export function formatTable(figures: readonly Figure[], names: readonly [string, string] = ['atalaya', 'peer']): string {
  const hasPeer = figures.some(({ peer }) => peer !== undefined)
  const head = hasPeer ? ['', 'ratio', 'bar', ...names] : ['', 'measured', 'bar']
  const rows = figures.map((figure) => (hasPeer ? compareRow(figure) : plainRow(figure)))
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Whether a figure keeps to its bar; one without a bar does. */
export function keepsToBar({ value, peer, bar }: Figure): boolean {
  if (!bar) return true
  const judged = peer === undefined ? value : value / peer
  return 'atMost' in bar ? judged <= bar.atMost : judged >= bar.atLeast
}

function compareRow(figure: Figure): string[] {
  const { value, peer, peerName, unit } = figure
  const what = peerName ? `${figure.what}, beside ${peerName}` : figure.what
  const ratio = peer === undefined ? '' : (value / peer).toFixed(2)
  return [what, ratio, formatBar(figure), formatValue(value, unit), peer === undefined ? '' : formatValue(peer, unit)]
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
