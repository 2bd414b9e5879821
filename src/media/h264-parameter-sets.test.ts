import { describe, expect, it } from 'vitest'
import { H264ParameterSets } from './h264-parameter-sets.ts'

const SPS = Buffer.from('6742c016d900a02ff970110000030001000003001e0f162e48', 'hex')
const PPS = Buffer.from('68cb83cb20', 'hex')

describe('parameter sets', () => {
  it('are complete when the PPS and its SPS are there', () => {
    const sets = new H264ParameterSets()
    expect(sets.setsOf(0)).toBeUndefined()
    expect(sets.add(PPS)).toBe(true)
    expect(sets.setsOf(0)).toBeUndefined()
    expect(sets.add(SPS)).toBe(true)
    expect(sets.setsOf(0)).toEqual({ sps: SPS, all: [SPS, PPS] })
  })

  it('stay the same object as long as the bytes are the same', () => {
    const sets = new H264ParameterSets()
    for (const nal of [SPS, PPS]) sets.add(nal)
    const first = sets.setsOf(0)?.sps
    expect(sets.add(Buffer.from(SPS))).toBe(false)
    expect(sets.setsOf(0)?.sps).toBe(first)
    const changed = Buffer.from(SPS)
    changed[3] = 0x1e
    expect(sets.add(changed)).toBe(true)
    expect(sets.setsOf(0)?.sps).toEqual(changed)
  })

  it('pass over what is no parameter set, damaged or too large', () => {
    const sets = new H264ParameterSets()
    for (const nal of [Buffer.alloc(0), Buffer.from([0x65, 1]), Buffer.from([0x67]), Buffer.alloc(5000, 0x67)])
      expect(sets.add(nal)).toBe(false)
  })
})
