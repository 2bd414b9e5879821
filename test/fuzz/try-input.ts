import { getHeapStatistics } from 'node:v8'
import { AtalayaError } from '../../src/api/errors.ts'
import type { FuzzTarget } from './fuzz-target.ts'
import { makeInput } from './mutate-input.ts'
import { SeededRandom } from './seeded-random.ts'

/** What must not happen, and did. */
export interface Finding {
  readonly kind: 'crash' | 'hang' | 'allocation'
  /** The error with its stack, the milliseconds, or the bytes. */
  readonly details: string
}

/** One input may block everything else so long, in one turn, and take so much memory. */
const MAX_MS = 50
const MAX_BYTES = 64 * 1024 * 1024

/** Input number `index` of a target under a seed; always the same. */
export function inputOf(target: FuzzTarget, seed: number, index: number): Buffer {
  return makeInput(target, new SeededRandom(seed, index, Math.floor(index / 2 ** 32), hashOf(target.name)))
}

/** Feeds the target; undefined when all is well. */
export function tryInput(target: FuzzTarget, input: Buffer): Finding | undefined {
  return examineInput(target, input).finding
}

/** Feeds the target, and says how many bytes it took, as far as no garbage was collected meanwhile. */
export function examineInput(
  target: FuzzTarget,
  input: Buffer,
): { readonly finding: Finding | undefined; readonly bytes: number } {
  const before = usedBytes()
  const { crash, longestMs } = run(target, input, () => performance.now())
  const bytes = usedBytes() - before
  return { finding: crash ?? swollen(bytes, input) ?? slow(target, input, longestMs), bytes }
}

function swollen(bytes: number, input: Buffer): Finding | undefined {
  if (bytes <= MAX_BYTES) return undefined
  return { kind: 'allocation', details: `${Math.round(bytes / 1024 / 1024)} MiB for ${input.length} bytes` }
}

function slow(target: FuzzTarget, input: Buffer, longestMs: number): Finding | undefined {
  if (longestMs <= MAX_MS) return undefined
  // Other programs may have had the processor meanwhile, or the compiler: only an input that is slow each time, by this thread's own time, is slow.
  const again = [1, 2, 3, 4].map(() => run(target, input, ownMilliseconds).longestMs)
  if (again.some((time) => time <= MAX_MS)) return undefined
  return { kind: 'hang', details: `${Math.round(Math.min(...again))} ms in one turn, of an input of ${input.length} bytes` }
}

function run(target: FuzzTarget, input: Buffer, clock: () => number): { crash?: Finding; longestMs: number } {
  let began = clock()
  let longestMs = 0
  const endTurn = () => {
    const ended = clock()
    longestMs = Math.max(longestMs, ended - began)
    began = ended
  }
  try {
    target.run(input, endTurn)
  } catch (error) {
    if (!(error instanceof AtalayaError)) {
      const details = error instanceof Error ? (error.stack ?? error.message) : String(error)
      return { crash: { kind: 'crash', details }, longestMs }
    }
  }
  endTurn()
  return { longestMs }
}

/** Processor time of this thread in milliseconds, where this Node.js tells it. */
export function ownMilliseconds(): number {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => { user: number; system: number } }
  if (!threadCpuUsage) return performance.now()
  const { user, system } = threadCpuUsage.call(process)
  return (user + system) / 1000
}

/** On the heap and beside it, what waits for the garbage collector included. */
function usedBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics()
  return heap + external
}

function hashOf(text: string): number {
  return [...text].reduce((hash, sign) => (Math.imul(hash, 31) + sign.charCodeAt(0)) | 0, 7)
}
