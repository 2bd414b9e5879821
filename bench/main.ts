/**
 * `npm run bench -- [scenario…] [--quick] [--rounds N] [--write | --publish]`: what the gateway costs and how fast it is, as
 * tables on the terminal and as one JSON file per scenario in `.cache/bench/`. docs/performance.md explains the figures.
 */
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { endWithParent } from '../scripts/parent-watch.mjs'
import { cameraReturn } from './camera-return.ts'
import { colourConversion } from './colour-conversion.ts'
import { eightCameras } from './eight-cameras.ts'
import { engines } from './engines.ts'
import { fanOut } from './fan-out.ts'
import { firstPicture } from './first-picture.ts'
import { watchForeignLoad } from './foreign-load.ts'
import { httpCamera } from './http-camera.ts'
import { jpegEncoders } from './jpeg-encoders.ts'
import { manyCameras } from './many-cameras.ts'
import { oneCamera } from './one-camera.ts'
import { formatCircumstances, formatTable } from './report-table.ts'
import { restarts } from './restarts.ts'
import { storeResult } from './result.ts'
import { rtspIngest } from './rtsp-ingest.ts'
import { rtspLoss } from './rtsp-loss.ts'
import type { Scenario, ScenarioOptions } from './scenario.ts'
import { sizes } from './sizes.ts'
import { slowLines } from './slow-lines.ts'
import { snapshots } from './snapshots.ts'
import { stuckViewers } from './stuck-viewers.ts'
import { thousandViewers } from './thousand-viewers.ts'
import { timeInPixels } from './time-in-pixels.ts'
import { publish } from './write-page.ts'

const SCENARIOS: readonly Scenario[] = [
  oneCamera,
  timeInPixels,
  fanOut,
  thousandViewers,
  firstPicture,
  snapshots,
  manyCameras,
  sizes,
  slowLines,
  cameraReturn,
  restarts,
  stuckViewers,
  eightCameras,
  httpCamera,
  jpegEncoders,
  rtspIngest,
  rtspLoss,
  engines,
  colourConversion,
]
/** The longest scenario takes less than half of this. */
const LIMIT_MS = 45 * 60_000

// What a scenario has started ends with this process, however that ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
endWithParent()

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    write: { type: 'boolean', default: false },
    publish: { type: 'boolean', default: false },
  },
})
const options: ScenarioOptions = { isQuick: values.quick, rounds: Number(values.rounds ?? (values.quick ? 1 : 5)) }
/** What is published is the whole, unless it is asked for. */
const isPublished = values.write || (!values.quick && positionals.length === 0)
const unknown = positionals.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name))
if (unknown.length > 0) {
  console.error(`No scenario is called ${unknown.join(', ')}. There are: ${SCENARIOS.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

const chosen = SCENARIOS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const failed: string[] = []
for (const scenario of values.publish ? [] : chosen) if (!(await carryOut(scenario))) failed.push(scenario.name)
if (values.publish || isPublished) await publish(SCENARIOS)
if (failed.length > 0) console.error(`\nNot measured: ${failed.join(', ')}`)
process.exit(failed.length > 0 ? 1 : 0)

async function carryOut(scenario: Scenario): Promise<boolean> {
  const load = loadavg()[0] ?? 0
  const began = performance.now()
  const foreignLoad = watchForeignLoad()
  const limit = setTimeout(() => {
    console.error(`${scenario.name} does not come to an end`)
    process.exit(1)
  }, LIMIT_MS)
  try {
    const report = await scenario.run(options)
    const minutes = (performance.now() - began) / 60_000
    const result = await storeResult(scenario, report, { load, foreign: foreignLoad(), minutes, ...options })
    const table = formatTable(result.figures, scenario.names)
    console.log(`\n### ${scenario.name}: ${scenario.title}\n\n${table}\n\n${formatCircumstances(result)}`)
    return true
  } catch (error) {
    console.error(`\n### ${scenario.name}\n`, error)
    return false
  } finally {
    clearTimeout(limit)
  }
}
