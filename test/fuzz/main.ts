/**
 * `npm run fuzz -- [--minutes N] [--inputs N] [--seed N] [--target NAME] [--replay INDEX]`: feeds every parser of what cameras send with
 * inputs that are nearly right, and reports each that makes one throw something unexpected, block for more than 50 ms, or take more than 64 MiB.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { endWithParent } from '../../scripts/parent-watch.mjs'
import type { FuzzTarget } from './fuzz-target.ts'
import { FUZZ_TARGETS } from './fuzz-targets.ts'
import type { Progress, WorkerFinding } from './fuzz-worker.ts'
import { inputOf, tryInput } from './try-input.ts'

endWithParent()

/** Inputs of one target before it is the next one's turn. */
const TURN = 20_000
/** A thousand inputs take a second at most. */
const SILENCE_MS = 60_000
const NOTHING_YET = { inputs: 0, slowestMs: 0, largestBytes: 0, findings: 0 }

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    inputs: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    target: { type: 'string' },
    replay: { type: 'string' },
  },
})
const seed = Number(values.seed)
const targets = FUZZ_TARGETS.filter(({ name }) => values.target === undefined || name === values.target)
if (targets.length === 0) {
  console.error(`There is no target ${values.target}, but: ${FUZZ_TARGETS.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}
process.exit(values.replay === undefined ? await fuzz() : await replay(targets, Number(values.replay)))

/** One input alone, which is also written to a file. */
async function replay([target]: readonly FuzzTarget[], index: number): Promise<number> {
  if (!target || values.target === undefined) {
    console.error('--replay needs --target and --seed, as they were printed with the finding')
    return 2
  }
  const input = inputOf(target, seed, index)
  const file = `.cache/fuzz/${target.name}-${seed}-${index}.bin`
  await mkdir('.cache/fuzz', { recursive: true })
  await writeFile(file, input)
  console.log(`${input.length} bytes, written to ${file}`)
  const finding = tryInput(target, input)
  console.log(finding ? `${finding.kind}: ${finding.details}` : 'all is well')
  return finding ? 1 : 0
}

/** Turn by turn, so that a run of any length has tried all targets. */
async function fuzz(): Promise<number> {
  const began = performance.now()
  const deadline = began + (values.inputs === undefined ? Number(values.minutes) : Number.POSITIVE_INFINITY) * 60_000
  const wanted = values.inputs === undefined ? Number.POSITIVE_INFINITY : Math.ceil(Number(values.inputs) / targets.length)
  const tallies = new Map(targets.map(({ name }) => [name, NOTHING_YET]))
  const found = new Set<string>()
  console.log(`seed ${seed}; ${targets.map(({ name }) => name).join(', ')}`)
  for (let from = 0; from < wanted && performance.now() < deadline; from += TURN) {
    for (const { name } of targets) {
      if (from > 0 && performance.now() > deadline) break
      const tally = tallies.get(name) ?? NOTHING_YET
      const turn = await takeTurn(name, from, Math.min(TURN, wanted - from))
      tallies.set(name, {
        inputs: tally.inputs + turn.inputs,
        slowestMs: Math.max(tally.slowestMs, turn.slowestMs),
        largestBytes: Math.max(tally.largestBytes, turn.largestBytes),
        findings: tally.findings + turn.findings.length,
      })
      for (const finding of turn.findings) report(name, finding, found)
    }
  }
  console.table(
    Object.fromEntries(
      [...tallies].map(([name, { inputs, slowestMs, largestBytes, findings }]) => [
        name,
        { inputs, slowestMs: Math.round(slowestMs * 10) / 10, largestMiB: Math.round(largestBytes / 104_857.6) / 10, findings },
      ]),
    ),
  )
  const inputs = [...tallies.values()].reduce((sum, tally) => sum + tally.inputs, 0)
  const minutes = (performance.now() - began) / 60_000
  console.log(
    `${inputs} inputs in ${minutes.toFixed(1)} minutes under seed ${seed}: ${found.size === 0 ? 'no findings' : `${found.size} findings`}`,
  )
  return found.size === 0 ? 0 : 1
}

/** The first of a kind, with the command that repeats it. */
function report(target: string, { index, kind, details }: WorkerFinding, found: Set<string>): void {
  const place = kind === 'crash' ? details.split('\n').slice(0, 3).join() : kind
  if (found.has(`${target} ${place}`)) return
  found.add(`${target} ${place}`)
  console.log(`\n${target}: ${kind}: ${details}\n  npm run fuzz -- --target ${target} --seed ${seed} --replay ${index}\n`)
}

interface Turn {
  readonly inputs: number
  readonly slowestMs: number
  readonly largestBytes: number
  readonly findings: readonly WorkerFinding[]
}

/** In a thread of its own, which is given up when one input never ends. */
async function takeTurn(target: string, from: number, count: number): Promise<Turn> {
  const worker = new Worker(new URL('fuzz-worker.ts', import.meta.url), { workerData: { target, seed, from, count } })
  let progress: Progress = { index: from, slowestMs: 0, largestBytes: 0 }
  const findings: WorkerFinding[] = []
  let watch: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      const expectSign = () => {
        clearTimeout(watch)
        watch = setTimeout(() => {
          findings.push({
            index: progress.index,
            kind: 'hang',
            details: `nothing came of the inputs from here on within ${SILENCE_MS / 1000} s`,
          })
          resolve()
        }, SILENCE_MS)
      }
      expectSign()
      worker.on('message', (message: { progress: Progress } | { finding: WorkerFinding }) => {
        if ('progress' in message) progress = message.progress
        else findings.push(message.finding)
        expectSign()
      })
      worker.once('error', reject).once('exit', () => resolve())
    })
  } finally {
    clearTimeout(watch)
    await worker.terminate()
  }
  return { inputs: progress.index - from, slowestMs: progress.slowestMs, largestBytes: progress.largestBytes, findings }
}
