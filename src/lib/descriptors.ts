import { readdirSync, readFileSync } from 'node:fs'

/** How descriptors are counted. */
export interface DescriptorOptions {
  /** How many this process may have at this moment; undefined where the system does not say. */
  readonly limit?: () => number | undefined
  /** How many it has at this moment. */
  readonly count?: () => number
  /** So many must stay free for what is worth more than another viewer. */
  readonly reserve: () => number
}

/**
 * Knows how many file descriptors are left. Every connection takes one, and a process that has none left cannot connect its cameras any
 * more. Counting is cheap and still too dear for each connection: a count holds for a moment, and what comes meanwhile is added to it.
 */
export class Descriptors {
  readonly #readLimit: () => number | undefined
  readonly #count: () => number
  readonly #reserve: () => number
  #limit: number | undefined
  #counted = 0
  #opened = 0
  #admitted = 0
  #isScarce = false
  #countedAt = Number.NEGATIVE_INFINITY

  constructor({ limit = readLimit, count = countOpen, reserve }: DescriptorOptions) {
    this.#readLimit = limit
    this.#count = count
    this.#reserve = reserve
  }

  /** No more viewers: what is left is for cameras and engines. */
  get isNearlyUsedUp(): boolean {
    // It begins at one number and ends at a larger one: else each who leaves would let one in, and readiness would flicker.
    // Of a crowd that comes at once, those who are refused must not keep the others out.
    const free = this.#free() - this.#admitted
    this.#isScarce = free < this.#kept * (this.#isScarce ? 1.5 : 1)
    return this.#isScarce
  }

  /** No more connections of any kind. */
  get isUsedUp(): boolean {
    return this.#free() - this.#opened < this.#kept / 2
  }

  /** A connection was accepted, and asks for nothing yet. */
  opened(): void {
    this.#opened++
  }

  /** A connection will stay. */
  admitted(): void {
    this.#admitted++
  }

  /** A small limit must leave something for viewers, too. */
  get #kept(): number {
    return Math.min(this.#reserve(), (this.#limit ?? 0) / 4)
  }

  #free(): number {
    const instant = performance.now()
    if (instant - this.#countedAt > COUNT_HOLDS_MS) {
      this.#countedAt = instant
      this.#limit = this.#readLimit()
      this.#counted = this.#limit === undefined ? 0 : this.#count()
      this.#opened = 0
      this.#admitted = 0
    }
    return (this.#limit ?? Number.POSITIVE_INFINITY) - this.#counted
  }
}

const COUNT_HOLDS_MS = 100

/** The soft limit (proc(5)); `prlimit` may change it at any time. */
function readLimit(): number | undefined {
  try {
    const digits = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
    return digits === undefined ? undefined : Number(digits)
  } catch (error) {
    if (meansUsedUp(error)) return 0
    return undefined // not Linux: nothing is known, and nothing is refused
  }
}

function countOpen(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch (error) {
    if (meansUsedUp(error)) return Number.POSITIVE_INFINITY
    throw error
  }
}

/** Not even a file of `/proc` can be opened any more. */
function meansUsedUp(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EMFILE'
}
