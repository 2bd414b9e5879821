import { describe, expect, it } from 'vitest'
import { joinAnnexB, splitAnnexB } from './annex-b.ts'
import { parsePpsIds, parseSliceStart, parseSpsId } from './h264.ts'

const SPS = Buffer.from('6742c016d900a02ff970110000030001000003001e0f162e48', 'hex')
const PPS = Buffer.from('68cb83cb20', 'hex')

describe('Annex B', () => {
  it('comes apart at start codes of three and four bytes and goes together with those of four', () => {
    const nals = [...splitAnnexB(Buffer.from('000000016742ff00000168aa0000000165bb', 'hex'))].map((nal) =>
      Buffer.from(nal).toString('hex'),
    )
    expect(nals).toEqual(['6742ff', '68aa', '65bb'])
    expect(joinAnnexB([Buffer.from('6742', 'hex'), Buffer.from('68', 'hex')]).toString('hex')).toBe('0000000167420000000168')
  })

  it('has no NAL units where there is no start code', () => {
    expect([...splitAnnexB(Buffer.from('ffff0000', 'hex'))]).toEqual([])
    expect([...splitAnnexB(Buffer.alloc(0))]).toEqual([])
  })
})

describe('slice headers', () => {
  it('tell where the slice begins, whether it is intra, and which PPS it uses', () => {
    // ue(0) ue(7) ue(0): 1 0001000 1
    expect(parseSliceStart(Buffer.from([0b10001000, 0b10000000]))).toEqual({
      firstMacroblock: 0,
      intra: true,
      bidirectional: false,
      pps: 0,
    })
    // ue(0) ue(5) ue(0): 1 00110 1
    expect(parseSliceStart(Buffer.from([0b10011010]))).toEqual({ firstMacroblock: 0, intra: false, bidirectional: false, pps: 0 })
    // ue(3) ue(2) ue(1): 00100 011 010
    expect(parseSliceStart(Buffer.from([0b00100011, 0b01000000]))).toEqual({
      firstMacroblock: 3,
      intra: true,
      bidirectional: false,
      pps: 1,
    })
  })

  it('are undefined when they are cut off', () => {
    expect(parseSliceStart(Buffer.alloc(0))).toBeUndefined()
    expect(parseSliceStart(Buffer.alloc(40))).toBeUndefined()
  })
})

describe('parameter set numbers', () => {
  it('are read', () => {
    expect(parseSpsId(SPS)).toBe(0)
    expect(parsePpsIds(PPS)).toEqual({ id: 0, sps: 0 })
    expect(parsePpsIds(Buffer.from([0x68]))).toBeUndefined()
  })
})
