/** A parser, and what it is to be fed with. */
export interface FuzzTarget {
  /** As it is called on the command line. */
  readonly name: string
  /** Inputs that are right, or nearly; what is tried is made of them. */
  readonly corpus: readonly Buffer[]
  /** `bytes` that come as they are, or `packets`, each behind its length in 16 bits. */
  readonly shape: 'bytes' | 'packets'
  /** Words that the parser looks for. */
  readonly words?: readonly (string | Buffer)[]
  /** The most that can reach the parser in one piece, in bytes. */
  readonly limit: number
  /**
   * Hands the input to the parser and looks at what comes out. It may throw an `AtalayaError`, for that is how parsers refuse; whatever
   * else it throws is a finding. The input must not be written to.
   * @param endTurn to be called where a program would see to others: after each packet, after each piece that a socket hands over
   */
  run(input: Buffer, endTurn: () => void): void
}

/** An oracle's complaint: the parser returned something that it must never return. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise'
}

/** @throws {BrokenPromise} unless the condition holds. */
export function insist(condition: boolean, what: string): asserts condition {
  if (!condition) throw new BrokenPromise(what)
}
