import { dialogue } from './dialogue.ts'
import { engineFalls } from './engine-falls.ts'
import type { Fault } from './fault.ts'
import { jpegFaults } from './jpeg-faults.ts'
import { localFaults } from './local-faults.ts'
import { outages } from './outages.ts'
import { processFaults } from './process-faults.ts'
import { streamFaults } from './stream-faults.ts'
import { viewerFaults } from './viewer-faults.ts'

/** The matrix, in the order of its numbers. */
export const FAULTS: readonly Fault[] = [
  ...outages,
  ...streamFaults,
  ...jpegFaults,
  ...dialogue,
  ...viewerFaults,
  ...localFaults,
  ...engineFalls,
  ...processFaults,
].toSorted((a, b) => numberOf(a) - numberOf(b))

/** Its place in the matrix: 27 for `F27/stop`. */
export function numberOf({ id }: Pick<Fault, 'id'>): number {
  return Number.parseInt(id.slice(1), 10)
}
