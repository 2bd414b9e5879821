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
 * the place called `bars`, the figures into docs/performance.json, and the charts into docs/images. What was published of a
 * scenario that has no result here stays.
 * @throws {Error} when the page has no place for a scenario
 */
export async function publish(scenarios: readonly Scenario[]): Promise<void> {
  let page = await readFile(PAGE, 'utf8')
  const published = JSON.parse(await readFile(DATA, 'utf8')) as Published[]
  const all: Published[] = []
  for (const scenario of scenarios) {
    const result = await readResult(scenario)
    const former = published.find((other) => other.scenario === scenario.name)
    if (!result) {
      if (former) all.push(former)
      continue
    }
    const { charts: names, ...data } = result
    all.push(data)
    const table = `${formatTable(result.figures, scenario.names)}\n\n${formatCircumstances(result)}.`
    const charts = names.map((chart) => `![${chart}](images/${chart}.svg)`)
    page = fill(page, scenario.name, [table, ...charts].join('\n\n'))
    await mkdir(IMAGES, { recursive: true })
    for (const chart of names) await copyFile(`${RESULTS}/${chart}.svg`, `${IMAGES}/${chart}.svg`)
  }
  await writeFile(PAGE, fill(page, 'bars', formatBars(all)))
  await writeFile(DATA, `${JSON.stringify(all, undefined, 2)}\n`)
}

/** The charts are on the page. */
type Published = Omit<Result, 'charts'>

function fill(page: string, name: string, text: string): string {
  const place = new RegExp(`(<!-- bench ${name} -->\\n)[\\s\\S]*?(<!-- /bench -->)`)
  if (!place.test(page)) throw new Error(`${PAGE} has no place for ${name}`)
  return page.replace(place, (_all, begin, end) => `${begin}\n${text}\n\n${end}`)
}
