import { AtalayaError } from '../api/errors.ts'

/** What a parser returns; undefined where it refuses. */
export function tryToRead<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof AtalayaError) return undefined
    throw error
  }
}
