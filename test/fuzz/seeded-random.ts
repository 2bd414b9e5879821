/** The same numbers for the same seed, on every machine (sfc32 by Chris Doty-Humphrey). */
export class SeededRandom {
  #a = 0
  #b = 0
  #c = 0
  #counter = 1

  /** @param seeds 32 bits each; every one of them matters. */
  constructor(...seeds: readonly number[]) {
    for (const seed of seeds) {
      this.#a ^= seed | 0
      for (let i = 0; i < 4; i++) this.next()
    }
    for (let i = 0; i < 8; i++) this.next()
  }

  /** 32 bits. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** An integer from 0 up to, and without, the limit. */
  below(limit: number): number {
    return limit <= 1 ? 0 : Math.floor((this.next() / 2 ** 32) * limit)
  }

  /** Small numbers often, large ones seldom: from 0 up to, and without, the limit. */
  mostlyBelow(limit: number): number {
    return this.below(this.below(limit) + 1)
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)]
    if (picked === undefined) throw new RangeError('there is nothing to pick from')
    return picked
  }
}
