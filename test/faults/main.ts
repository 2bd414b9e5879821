/**
 * `npm run test:faults -- [--only F1,F12] [--quick] [--json FILE]`: brings the faults of docs/reliability.md about, one after the other, beside
 * healthy cameras, and prints what became of them; `--table` prints what became of all that were run on this machine so far. Ends with 1
 * when a row fails. Everything happens in a network namespace of its own where that is possible (root on Linux).
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { watchForeignLoad } from '../../bench/foreign-load.ts'
import { endWithParent } from '../../scripts/parent-watch.mjs'
import { examine, type Outcome } from './examine.ts'
import type { Fault } from './fault.ts'
import { FAULTS, numberOf } from './faults.ts'
import { missingNeed } from './needs.ts'
import { formatMisses, formatOutcomes } from './outcome-table.ts'
import { readReport, type StoredOutcome, storeReport } from './stored-report.ts'

const PRIVATE = 'ATALAYA_FAULTS_NETWORK'
/** The share of all processors that others use. */
const BUSY = 0.25
const MAX_TRIES = 3
const BYSTANDERS = { cameras: 4, each: 5 }

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
endWithParent()

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    table: { type: 'boolean', default: false },
    json: { type: 'string', default: '.cache/faults/report.json' },
  },
})
if (values.table) {
  const outcomes = await readReport(values.json)
  console.log(formatOutcomes(outcomes.toSorted((a, b) => numberOf(a) - numberOf(b))))
  process.exit(0)
}
const wanted = values.only?.split(',')
const chosen = FAULTS.filter(({ id }) => wanted === undefined || wanted.some((name) => name === id || id.startsWith(`${name}/`)))
if (chosen.length === 0) {
  console.error(`No fault is called ${values.only}. There are: ${FAULTS.map(({ id }) => id).join(', ')}`)
  process.exit(2)
}

if (process.env[PRIVATE] === undefined && canIsolate()) process.exit(await runIsolated())
if (process.env[PRIVATE] === 'yes') execFileSync('ip', ['link', 'set', 'lo', 'up'])
process.exit(await runHere())

function canIsolate(): boolean {
  return process.platform === 'linux' && spawnSync('unshare', ['--net', '--mount', 'ip', 'link', 'set', 'lo', 'up']).status === 0
}

/** This program again, where the network is its own: nothing it does can reach the machine's. */
async function runIsolated(): Promise<number> {
  const args = ['--net', '--mount', process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  const child = spawn('unshare', args, { stdio: 'inherit', env: { ...process.env, [PRIVATE]: 'yes' } })
  process.once('exit', () => child.kill('SIGTERM'))
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : 1
}

async function runHere(): Promise<number> {
  const foreignLoad = watchForeignLoad()
  const outcomes: StoredOutcome[] = []
  for (const fault of chosen) {
    const missing = missingNeed(fault.needs ?? [], process.env[PRIVATE] === 'yes')
    const outcome = missing ? skipped(fault, missing) : await examineOnQuietMachine(fault)
    outcomes.push({ ...outcome, at: new Date().toISOString(), foreign: foreignLoad() })
    await storeReport(values.json, outcomes)
    console.log(`${outcome.verdict.padEnd(12)} ${outcome.id.padEnd(8)} ${outcome.what} (${outcome.seconds.toFixed(0)} s)`)
    const misses = formatMisses(outcome)
    if (misses) console.log(misses)
  }
  console.log(`\n${formatOutcomes(outcomes)}\n`)
  console.log(`Others used ${(foreignLoad() * 100).toFixed(0)} % of the processors meanwhile.`)
  const failed = outcomes.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)
  if (failed.length > 0) console.error(`Failed: ${failed.join(', ')}`)
  return failed.length > 0 ? 1 : 0
}

/** What is missed while others use the machine is tried again: figures of a busy machine tell about that machine. */
async function examineOnQuietMachine(fault: Fault): Promise<Outcome> {
  for (let tries = 1; ; tries++) {
    const foreignLoad = watchForeignLoad()
    const outcome = await examine(fault, { isQuick: values.quick, bystanders: BYSTANDERS })
    if (outcome.verdict === 'pass' || tries === MAX_TRIES || foreignLoad() < BUSY) return { ...outcome, tries }
    console.log(`${fault.id} missed a bar while others used ${(foreignLoad() * 100).toFixed(0)} % of the processors; once more`)
    console.log(formatMisses(outcome))
  }
}

function skipped({ id, what }: { id: string; what: string }, why: string): Outcome {
  const nothing = { finding: { checks: [] }, report: undefined, checks: [], tries: 0, seconds: 0, isQuick: false }
  return { id, what, verdict: 'not run here', why, ...nothing }
}
