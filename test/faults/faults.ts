import { dialogue } from './dialogue.ts'
import { engineFalls } from './engine-falls.ts'
import type { Fault } from './fault.ts'
import { outages } from './outages.ts'
import { processFaults } from './process-faults.ts'
import { streamFaults } from './stream-faults.ts'

/** The matrix, in the order of its numbers. */
export const FAULTS: readonly Fault[] = [...outages, ...streamFaults, ...dialogue, ...engineFalls, ...processFaults].toSorted(
  (a, b) => numberOf(a) - numberOf(b),
)

function numberOf({ id }: Fault): number {
  return Number.parseInt(id.slice(1), 10)
}
