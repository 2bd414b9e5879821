import { EventEmitter } from 'node:events'
import type { Command } from 'commander'
import { createProgram } from '../../src/cli/program.ts'

/** The declared command line, for those who only look at it. */
export function quietProgram(): Command {
  const silent = { write: () => true }
  const signals = new EventEmitter()
  return createProgram(
    { stdout: silent, stderr: silent, environment: {}, folder: '.', signals, platform: 'linux' },
    () => undefined,
  )
}
