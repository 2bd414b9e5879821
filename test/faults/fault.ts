import type { Figure } from '../../bench/scenario.ts'
import type { Lab } from './lab.ts'

/** One row of the matrix: what goes wrong, and what must hold. */
export interface Fault {
  /** As docs/reliability.md and the command line name it. */
  readonly id: string
  /** The fault and how it is brought about, in a few words. */
  readonly what: string
  /** What the machine must offer beyond Node.js and ffmpeg. */
  readonly needs?: readonly Need[]
  /** The gateway itself is hit, so that bystanders cannot be spared. */
  readonly hitsAll?: boolean
  /** Starts the gateway in the laboratory, injects the fault from outside, and observes. */
  run(lab: Lab): Promise<Finding>
}

/** What was observed. */
export interface Finding {
  /** Seconds from the fault to the state that tells it; absent where nothing is to be told. */
  readonly detected?: number
  /** Seconds from the end of the fault to the next picture at the viewer. */
  readonly recovered?: number
  /** All that has to hold, each with its bar. */
  readonly checks: readonly Figure[]
}

/** `network`: network namespaces of its own (root); `faketime`: libfaketime; the rest are peers of the tests. */
export type Need = 'network' | 'faketime' | 'gstreamer' | 'gcc' | 'prlimit'

/** A check of a duration in seconds. */
export function within(what: string, seconds: number, atMost: number): Figure {
  return { what, value: seconds, unit: 's', bar: { atMost } }
}

/** A check of something that is true or not. */
export function holds(what: string, isTrue: boolean): Figure {
  return { what, value: isTrue ? 1 : 0, bar: { atLeast: 1 } }
}

/** A check of a count that may not be exceeded. */
export function atMost(what: string, value: number, limit: number, unit = ''): Figure {
  return { what, value, unit, bar: { atMost: limit } }
}

/** A check of a count that must be reached. */
export function atLeast(what: string, value: number, limit: number, unit = ''): Figure {
  return { what, value, unit, bar: { atLeast: limit } }
}
