import { describe, expect, it } from 'vitest'
import { splitAnnexB } from '../media/annex-b.ts'
import { H265_SYNTAX } from '../media/h265-syntax.ts'
import { micros } from '../media/time.ts'
import { type AccessUnit, AccessUnits } from './access-units.ts'
import { H265Depacketizer } from './h265-depacketizer.ts'

const VPS = Buffer.from('40010c01ffff016000000300900000030000030078959809', 'hex')
const SPS = Buffer.from('420101016000000300900000030000030078a00280802d165959a4932bc05a02000003000200000300321000', 'hex')
const PPS = Buffer.from('4401c172b46240', 'hex')
/** first_slice_segment_in_pic_flag, for IRAP no_output_of_prior_pics_flag, PPS 0. */
const idr = (tag: number) => Buffer.from([0x26, 1, 0b10100000, tag])
const cra = (tag: number) => Buffer.from([0x2a, 1, 0b10100000, tag])
const trail = (tag: number) => Buffer.from([0x02, 1, 0b11000000, tag])
const trailRest = (tag: number) => Buffer.from([0x02, 1, 0b01000000, tag])

class Stream {
  readonly units: AccessUnit[] = []
  readonly depacketizer = new H265Depacketizer(new AccessUnits(H265_SYNTAX, (unit) => this.units.push(unit)))
  #sequence = 0

  packet(timestamp: number, payload: Buffer, marker = false): this {
    const header = { payloadType: 96, marker, sequence: this.#sequence++, timestamp, ssrc: 1 }
    this.depacketizer.accept({ ...header, payload }, micros(timestamp))
    return this
  }

  /** The NAL units of each access unit, by type and last byte. */
  get contents(): string[] {
    return this.units.map(({ data }) => [...splitAnnexB(data)].map((nal) => `${(nal[0] ?? 0) >> 1}:${nal.at(-1)}`).join(' '))
  }
}

const KEY = `32:${VPS.at(-1)} 33:16 34:64`

function aggregate(...nals: readonly Buffer[]): Buffer {
  const sized = nals.flatMap((nal) => [Buffer.from([nal.length >> 8, nal.length & 255]), nal])
  return Buffer.concat([Buffer.from([48 << 1, 1]), ...sized])
}

/** The fragments of a NAL unit, one for each byte after its header. */
function fragments(nal: Buffer): Buffer[] {
  return [...nal.subarray(2)].map((byte, i, { length }) => {
    const flags = (i === 0 ? 0x80 : 0) | (i === length - 1 ? 0x40 : 0)
    return Buffer.from([49 << 1, nal[1] ?? 0, flags | ((nal[0] ?? 0) >> 1), byte])
  })
}

describe('H.265 access units', () => {
  it('are passed on with the marker, the keyframe behind its three parameter sets', () => {
    const stream = new Stream().packet(1, VPS).packet(1, SPS).packet(1, PPS).packet(1, idr(1), true).packet(2, trail(2), true)
    expect(stream.contents).toEqual([`${KEY} 19:1`, '1:2'])
    expect(stream.units.map(({ keyframe }) => keyframe)).toEqual([true, false])
    expect(stream.units[0]?.description).toEqual(SPS)
  })

  it('come from aggregates and fragments alike', () => {
    const stream = new Stream().packet(1, aggregate(VPS, SPS, PPS))
    const pieces = fragments(idr(7))
    for (const [i, piece] of pieces.entries()) stream.packet(1, piece, i === pieces.length - 1)
    stream.packet(2, aggregate(trail(8), trailRest(9)), true)
    expect(stream.contents).toEqual([`${KEY} 19:7`, '1:8 1:9'])
  })

  it('may begin at a CRA picture, and at nothing less', () => {
    const stream = new Stream()
      .packet(1, aggregate(VPS, SPS, PPS))
      .packet(1, trail(1), true)
      .packet(2, cra(2), true)
    stream.packet(3, trail(3), true)
    expect(stream.contents).toEqual([`${KEY} 21:2`, '1:3'])
  })

  it('are dropped from a loss up to the next keyframe', () => {
    const stream = new Stream()
      .packet(1, aggregate(VPS, SPS, PPS))
      .packet(1, idr(1), true)
      .packet(2, trail(2), true)
    stream.depacketizer.lose()
    stream.packet(3, trail(3), true).packet(4, idr(4), true)
    expect(stream.contents).toEqual([`${KEY} 19:1`, '1:2', `${KEY} 19:4`])
  })

  it.each<[string, Buffer]>([
    ['an aggregate that promises more than it holds', Buffer.from([48 << 1, 1, 0, 9, 1, 2])],
    ['a fragment without bytes', Buffer.from([49 << 1, 1, 0x93])],
    ['a header alone', Buffer.from([0x26, 1])],
    ['a kind that nobody sends', Buffer.from([50 << 1, 1, 0, 0])],
  ])('survive %s, which is counted', (_, payload) => {
    const stream = new Stream()
      .packet(1, aggregate(VPS, SPS, PPS))
      .packet(1, idr(1), true)
      .packet(2, trail(2), true)
    stream.packet(3, payload).packet(4, idr(4), true)
    expect(stream.depacketizer.malformed).toBe(1)
    expect(stream.contents.at(-1)).toBe(`${KEY} 19:4`)
  })

  it('of a fragment that never ends are refused at the limit of a picture', () => {
    const stream = new Stream().packet(1, aggregate(VPS, SPS, PPS))
    const [first] = fragments(idr(1))
    stream.packet(1, first!)
    const middle = Buffer.concat([Buffer.from([49 << 1, 1, 19]), Buffer.alloc(60_000)])
    const never = () => {
      for (let i = 0; i < 200; i++) stream.packet(1, middle)
    }
    expect(never).toThrow(expect.objectContaining({ code: 'protocol_error', message: expect.stringContaining('never ends') }))
    expect(stream.packet(2, idr(2), true).packet(3, trail(3), true).contents).toEqual([`${KEY} 19:2`, '1:3'])
  })
})
