import { parentPort, workerData } from 'node:worker_threads'
import { FUZZ_TARGETS } from './fuzz-targets.ts'
import { examineInput, type Finding, inputOf, ownMilliseconds } from './try-input.ts'

/** Where a worker is. */
export interface Progress {
  /** The input that comes next. */
  readonly index: number
  /** Processor time of the slowest input, all its turns and repetitions together. */
  readonly slowestMs: number
  /** The most that one input took. */
  readonly largestBytes: number
}

export interface WorkerFinding extends Finding {
  readonly index: number
}

interface Work {
  readonly target: string
  readonly seed: number
  readonly from: number
  readonly count: number
}

const { target: name, seed, from, count } = workerData as Work
const target = FUZZ_TARGETS.find((candidate) => candidate.name === name)
if (!target) throw new TypeError(`no target ${name}`)
let slowestMs = 0
let largestBytes = 0
for (let index = from; index < from + count; index++) {
  const input = inputOf(target, seed, index)
  const began = ownMilliseconds()
  const { finding, bytes } = examineInput(target, input)
  largestBytes = Math.max(largestBytes, bytes)
  slowestMs = Math.max(slowestMs, ownMilliseconds() - began)
  if (finding) parentPort?.postMessage({ finding: { ...finding, index } satisfies WorkerFinding })
  if ((index + 1 - from) % 1000 === 0 || index + 1 === from + count || finding)
    parentPort?.postMessage({ progress: { index: index + 1, slowestMs, largestBytes } satisfies Progress })
}
