/**
 * Reads the bit fields of a NAL unit, skipping emulation prevention bytes (ITU-T H.264 and H.265, section 7.3.1). Past the end
 * it yields zeros and sets `overrun`, so that a parser checks once, when it is done.
 */
export class NalBits {
  readonly #bytes: Uint8Array
  #next = 0
  #zeros = 0
  #current = 0
  #left = 0
  #overrun = false

  /** @param bytes what follows the NAL unit's header byte. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** More was read than there is. */
  get overrun(): boolean {
    return this.#overrun
  }

  bit(): number {
    if (this.#left === 0) this.#load()
    this.#left--
    return (this.#current >> this.#left) & 1
  }

  flag(): boolean {
    return this.bit() === 1
  }

  /** u(n) with n up to 32. */
  bits(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) value = value * 2 + this.bit()
    return value
  }

  /** ue(v), an unsigned Exp-Golomb code (section 9.1). */
  unsigned(): number {
    let zeros = 0
    while (this.bit() === 0) {
      if (++zeros > 32 || this.#overrun) {
        this.#overrun = true
        return 0
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros)
  }

  /** se(v), a signed Exp-Golomb code (section 9.1.1). */
  signed(): number {
    const code = this.unsigned()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }

  #load(): void {
    if (this.#zeros >= 2 && this.#bytes[this.#next] === 3) {
      this.#next++
      this.#zeros = 0
    }
    const byte = this.#bytes[this.#next++]
    if (byte === undefined) this.#overrun = true
    this.#current = byte ?? 0
    this.#left = 8
    this.#zeros = byte === 0 ? this.#zeros + 1 : 0
  }
}
