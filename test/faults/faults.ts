import { dialogue } from './dialogue.ts'
import type { Fault } from './fault.ts'
import { outages } from './outages.ts'

/** The matrix, in the order of its numbers. */
export const FAULTS: readonly Fault[] = [...outages, ...dialogue].toSorted((a, b) => numberOf(a) - numberOf(b))

function numberOf({ id }: Fault): number {
  return Number.parseInt(id.slice(1), 10)
}
