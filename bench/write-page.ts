import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { formatBars, formatCircumstances, formatTable } from './report-table.ts'
import { RESULTS, type Result, readResult } from './result.ts'
import type { Scenario } from './scenario.ts'

/** Where measured figures are published: the page, the same for programs, and the charts. */
const PAGE = 'docs/performance.md'
const DATA = 'docs/performance.json'
const IMAGES = 'docs/images'

/**
 * Puts the last result of each scenario into docs/performance.md, between `<!-- bench NAME -->` and `<!-- /bench -->`, all bars into
 * the place called `bars`, the figures into docs/performance.json, and the charts into docs/images.
 * @throws {Error} when the page has no place for a scenario
 */
export async function publish(scenarios: readonly Scenario[]): Promise<void> {
  let page = await readFile(PAGE, 'utf8')
  const results: Result[] = []
  for (const scenario of scenarios) {
    const result = await readResult(scenario)
    if (!result) continue
    results.push(result)
    const table = `${formatTable(result.figures, scenario.names)}\n\n${formatCircumstances(result)}.`
    const charts = result.charts.map((chart) => `![${chart}](images/${chart}.svg)`)
    page = fill(page, scenario.name, [table, ...charts].join('\n\n'))
  }
  await writeFile(PAGE, fill(page, 'bars', formatBars(results)))
  const data = results.map(({ charts: _, ...result }) => result)
  await writeFile(DATA, `${JSON.stringify(data, undefined, 2)}\n`)
  await mkdir(IMAGES, { recursive: true })
  for (const chart of results.flatMap(({ charts }) => charts)) await copyFile(`${RESULTS}/${chart}.svg`, `${IMAGES}/${chart}.svg`)
}

function fill(page: string, name: string, text: string): string {
  const place = new RegExp(`(<!-- bench ${name} -->\\n)[\\s\\S]*?(<!-- /bench -->)`)
  if (!place.test(page)) throw new Error(`${PAGE} has no place for ${name}`)
  return page.replace(place, (_all, begin, end) => `${begin}\n${text}\n\n${end}`)
}
