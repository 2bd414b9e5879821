import { vi } from 'vitest'
import { CommandEngines } from '../../src/engine/command/command-engines.ts'
import type { Engines } from '../../src/engine/engine.ts'
import { EnginePool } from '../../src/engine/engine-pool.ts'
import { SILENT_LOG } from '../../src/telemetry/log.ts'

/** Engines of one kind, with what tests look at besides the contract. */
export interface TestedEngines extends Engines {
  start(): void
  readonly pids: readonly number[]
}

/** The implementations of one contract: `describe.each(ENGINE_KINDS)('…, by $engine', ({ open }) => …)`. */
export const ENGINE_KINDS: readonly { readonly engine: string; readonly open: () => TestedEngines }[] = [
  { engine: 'libav in a process', open: () => new EnginePool(SILENT_LOG) },
  { engine: 'the ffmpeg command', open: () => new CommandEngines(SILENT_LOG) },
]

/** Waits until the check holds; engines may take their time on a busy machine. */
export function soon(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 20_000, interval: 5 })
}
