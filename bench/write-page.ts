import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'

/** Where measured figures are published. */
const PAGE = 'docs/performance.md'
const IMAGES = 'docs/images'

/**
 * Puts what a scenario measured into docs/performance.md, between `<!-- bench NAME -->` and `<!-- /bench -->`, and its charts
 * into docs/images.
 * @throws {Error} when the page has no place for the scenario
 */
export async function publish(name: string, text: string, charts: readonly string[]): Promise<void> {
  const page = await readFile(PAGE, 'utf8')
  const place = new RegExp(`(<!-- bench ${name} -->\\n)[\\s\\S]*?(<!-- /bench -->)`)
  if (!place.test(page)) throw new Error(`${PAGE} has no place for ${name}`)
  const pictures = charts.map((chart) => `![${chart}](images/${chart}.svg)\n`).join('\n')
  await writeFile(
    PAGE,
    page.replace(place, (_all, begin, end) => `${begin}\n${text}\n${pictures && `\n${pictures}`}\n${end}`),
  )
  await mkdir(IMAGES, { recursive: true })
  for (const chart of charts) await copyFile(`.cache/bench/${chart}.svg`, `${IMAGES}/${chart}.svg`)
}
