/**
 * `npm run soak -- --minutes N`: the real program with cameras that flap and viewers that churn, and what that does to its memory and its
 * descriptors. Prints a table and writes every reading to `.cache/soak/<minutes>.json`. docs/reliability.md explains the figures.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { watchForeignLoad } from '../../bench/foreign-load.ts'
import { formatTable, keepsToBar } from '../../bench/report-table.ts'
import type { Figure } from '../../bench/scenario.ts'
import { endWithParent } from '../../scripts/parent-watch.mjs'
import type { Slope } from './slope.ts'
import { type SoakReading, type SoakReport, soak } from './soak.ts'

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
endWithParent()

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' }, 'warm-up': { type: 'string' } } })
const minutes = Number(values.minutes)
const warmUpMinutes = Number(values['warm-up'] ?? Math.min(20, minutes / 3))
if (!(minutes > 0) || !(warmUpMinutes >= 0)) {
  console.error('Say for how long: npm run soak -- --minutes 60 [--warm-up 20]')
  process.exit(2)
}
const foreignLoad = watchForeignLoad()
const report = await soak({ minutes, warmUpMinutes, readingEveryS: minutes < 5 ? 2 : 15, flapEveryS: 60, onReading: tell })
const figures = judge(report)
console.log(`\n### soak: ${minutes} minutes, judged after ${warmUpMinutes}\n\n${formatTable(figures)}\n`)
console.log(
  `Others used ${(foreignLoad() * 100).toFixed(0)} % of the processors meanwhile. Refusals: ${JSON.stringify(report.refusals)}`,
)
for (const mishap of report.mishaps) console.log(`!! ${mishap}`)
const misses = figures.filter((figure) => !keepsToBar(figure)).map(({ what }) => what)
await mkdir('.cache/soak', { recursive: true })
const stored = { at: new Date().toISOString(), minutes, warmUpMinutes, foreignLoad: foreignLoad(), misses, figures, ...report }
await writeFile(`.cache/soak/${minutes}.json`, `${JSON.stringify(stored, undefined, 2)}\n`)
process.exit(misses.length > 0 ? 1 : 0)

function tell({ minutes: at, memory, engineMemory, descriptors, engines }: SoakReading): void {
  const sizes = `main ${(memory / 1e6).toFixed(1)} MB, ${engines} engines ${(engineMemory / 1e6).toFixed(0)} MB`
  console.log(`${at.toFixed(1)} min: ${sizes}, ${descriptors} descriptors`)
}

/** A slope is judged by the low end of its interval: what it certainly is. */
function judge(report: SoakReport): Figure[] {
  const last = report.readings.at(-1)
  return [
    ...slopeFigures('main process', report.mainSlope),
    ...slopeFigures('main process, what JavaScript holds', report.heapSlope),
    ...slopeFigures('engines', report.engineSlope),
    { what: 'memory of the main process at the end', value: (last?.memory ?? 0) / 1e6, unit: 'MB' },
    { what: 'of that, held by JavaScript', value: (last?.heap ?? 0) / 1e6, unit: 'MB' },
    { what: 'memory of the engines at the end', value: (last?.engineMemory ?? 0) / 1e6, unit: 'MB' },
    { what: 'descriptors, change', value: Math.abs(report.descriptorChange), bar: { atMost: 5 } },
    {
      what: 'pictures of steady cameras that their viewers got',
      value: report.steadyShare * 100,
      unit: '%',
      bar: { atLeast: 99.5 },
    },
    { what: 'steady viewers lost', value: report.viewersLost, bar: { atMost: 0 } },
    { what: 'outages', value: report.flaps },
    { what: 'viewers that came and went', value: report.arrivals },
    { what: 'unhandled failures', value: report.mishaps.length, bar: { atMost: 0 } },
  ]
}

function slopeFigures(what: string, { perUnit, margin }: Slope): Figure[] {
  return [
    { what: `memory of the ${what}, MB an hour`, value: perUnit },
    { what: '± (95 %)', value: margin },
    { what: 'at least', value: perUnit - margin, bar: { atMost: 1 } },
  ]
}
