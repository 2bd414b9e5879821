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

/** One input may take so long, and so much memory. */
export const MAX_MS = 50
export const MAX_BYTES = 64 * 1024 * 1024

/** Input number `index` of a target under a seed; always the same. */
export function inputOf(target: FuzzTarget, seed: number, index: number): Buffer {
  return makeInput(target, new SeededRandom(seed, index, Math.floor(index / 2 ** 32), hashOf(target.name)))
}

/** Feeds the target; undefined when all is well. */
export function tryInput(target: FuzzTarget, input: Buffer): Finding | undefined {
  const before = usedBytes()
  const began = performance.now()
  const crash = runOnce(target, input)
  const elapsed = performance.now() - began
  if (crash) return crash
  const bytes = usedBytes() - before
  if (bytes > MAX_BYTES)
    return { kind: 'allocation', details: `${Math.round(bytes / 1024 / 1024)} MiB for ${input.length} bytes` }
  // Another process may have had the processor meanwhile: only an input that is slow each time is slow.
  if (elapsed > MAX_MS && [1, 2, 3, 4].every(() => timeOf(target, input) > MAX_MS))
    return { kind: 'hang', details: `${Math.round(elapsed)} ms for ${input.length} bytes` }
  return undefined
}

function runOnce(target: FuzzTarget, input: Buffer): Finding | undefined {
  try {
    target.run(input)
  } catch (error) {
    if (error instanceof AtalayaError) return undefined
    return { kind: 'crash', details: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
  return undefined
}

function timeOf(target: FuzzTarget, input: Buffer): number {
  const began = performance.now()
  runOnce(target, input)
  return performance.now() - began
}

/** On the heap and beside it, what waits for the garbage collector included. */
function usedBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics()
  return heap + external
}

function hashOf(text: string): number {
  return [...text].reduce((hash, sign) => (Math.imul(hash, 31) + sign.charCodeAt(0)) | 0, 7)
}
