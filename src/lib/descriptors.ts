import { readdirSync, readFileSync } from 'node:fs'

/** How descriptors are counted. */
export interface DescriptorOptions {
  /** How many this process may have; undefined where the system does not say. */
  readonly limit?: number | undefined
  /** How many it has at this moment. */
  readonly count?: () => number
  /** So many must stay free for what is worth more than another viewer. */
  readonly reserve: () => number
}

/**
 * Knows how many file descriptors are left. Every connection takes one, and a process that has none left cannot connect its cameras any
 * more. Counting is cheap and still too dear for each connection: a count holds for a moment, and what is opened meanwhile is added to it.
 */
export class Descriptors {
  readonly #limit: number | undefined
  readonly #count: () => number
  readonly #reserve: () => number
  #counted = 0
  #opened = 0
  #isScarce = false
  #countedAt = Number.NEGATIVE_INFINITY

  constructor({ limit = readLimit(), count = countOpen, reserve }: DescriptorOptions) {
    this.#limit = limit
    this.#count = count
    this.#reserve = reserve
  }

  /** No more viewers: what is left is for cameras and engines. */
  get isNearlyUsedUp(): boolean {
    // It begins at one number and ends at a larger one: else each who leaves would let one in, and readiness would flicker.
    this.#isScarce = this.#free < this.#kept * (this.#isScarce ? 1.5 : 1)
    return this.#isScarce
  }

  /** No more connections of any kind. */
  get isUsedUp(): boolean {
    return this.#free < this.#kept / 2
  }

  /** A connection was accepted. */
  opened(): void {
    this.#opened++
  }

  /** A small limit must leave something for viewers, too. */
  get #kept(): number {
    return Math.min(this.#reserve(), (this.#limit ?? 0) / 4)
  }

  get #free(): number {
    if (this.#limit === undefined) return Number.POSITIVE_INFINITY
    const instant = performance.now()
    if (instant - this.#countedAt > COUNT_HOLDS_MS) {
      this.#counted = this.#count()
      this.#countedAt = instant
      this.#opened = 0
    }
    return this.#limit - this.#counted - this.#opened
  }
}

const COUNT_HOLDS_MS = 100

/** The soft limit, which Node.js has raised to the hard one (proc(5)). */
function readLimit(): number | undefined {
  try {
    const digits = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
    return digits === undefined ? undefined : Number(digits)
  } catch {
    return undefined // not Linux: nothing is known, and nothing is refused
  }
}

function countOpen(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch (error) {
    // Not even this folder can be opened any more.
    if ((error as NodeJS.ErrnoException).code === 'EMFILE') return Number.POSITIVE_INFINITY
    throw error
  }
}
