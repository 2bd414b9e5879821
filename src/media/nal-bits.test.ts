import { describe, expect, it } from 'vitest'
import { NalBits } from './nal-bits.ts'

describe('bits', () => {
  it('skip emulation prevention bytes', () => {
    const bits = new NalBits(Buffer.from([0, 0, 3, 1, 0xff]))
    expect(bits.bits(32)).toBe(0x1ff)
    expect(bits.overrun).toBe(false)
  })

  it('read signed codes', () => {
    // se: 1 010 011 00100 -> 0 1 -1 2
    const bits = new NalBits(Buffer.from([0b10100110, 0b01000000]))
    expect([bits.signed(), bits.signed(), bits.signed(), bits.signed()].map((value) => value + 0)).toEqual([0, 1, -1, 2])
  })

  it('yield zeros past the end and say so', () => {
    const bits = new NalBits(Buffer.from([0xff]))
    expect(bits.bits(16)).toBe(0xff00)
    expect(bits.overrun).toBe(true)
  })
})
