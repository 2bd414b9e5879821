import { describe, expect, it } from 'vitest'
import { splitAnnexB } from '../media/annex-b.ts'
import { H264_SYNTAX } from '../media/h264-syntax.ts'
import { micros } from '../media/time.ts'
import { type AccessUnit, AccessUnits } from './access-units.ts'
import { H264Depacketizer } from './h264-depacketizer.ts'

const SPS = Buffer.from('6742c016d900a02ff970110000030001000003001e0f162e48', 'hex')
const PPS = Buffer.from('68cb83cb20', 'hex')
const SEI = Buffer.from('0605ff', 'hex')
const AUD = Buffer.from('09f0', 'hex')
/** Slice headers: first macroblock 0 or 3, then type 7 (I) or 5 (P), then PPS 0. */
const idr = (tag: number) => Buffer.from([0x65, 0b10001000, 0b10000000, tag])
const idrRest = (tag: number) => Buffer.from([0x65, 0b00100000, 0b10001000, tag])
const intra = (tag: number) => Buffer.from([0x61, 0b10001000, 0b10000000, tag])
const inter = (tag: number) => Buffer.from([0x61, 0b10011010, tag])
const interRest = (tag: number) => Buffer.from([0x61, 0b00100001, 0b10100000, tag])

class Stream {
  readonly units: AccessUnit[] = []
  readonly assembly = new AccessUnits(H264_SYNTAX, (unit) => this.units.push(unit))
  readonly depacketizer = new H264Depacketizer(this.assembly)
  #sequence = 0

  /** The next packet. */
  packet(timestamp: number, payload: Buffer, marker = false): this {
    const header = { payloadType: 96, marker, sequence: this.#sequence++, timestamp, ssrc: 1 }
    this.depacketizer.accept({ ...header, payload }, micros(timestamp * 10))
    return this
  }

  /** The NAL units of each access unit, by type and last byte. */
  get contents(): string[] {
    return this.units.map(({ data }) => [...splitAnnexB(data)].map((nal) => `${(nal[0] ?? 0) & 31}:${nal.at(-1)}`).join(' '))
  }
}

const KEY = '7:72 8:32'

/** A stream whose marker was proved by a first picture of its own. */
function honestStream(): Stream {
  return new Stream().packet(1, SPS).packet(1, PPS).packet(1, idr(1), true).packet(2, inter(2), true)
}

describe('H.264 access units', () => {
  it('are passed on with the packet that bears the marker, once markers have proved honest', () => {
    const stream = new Stream().packet(1, SPS).packet(1, PPS).packet(1, idr(1), true)
    expect(stream.contents).toEqual([])
    stream.packet(2, inter(2), true)
    expect(stream.contents).toEqual([`${KEY} 5:1`, '1:2'])
    stream.packet(3, inter(3), true)
    expect(stream.contents.at(-1)).toBe('1:3')
  })

  it('prove the marker at once where only the last of several slices bears it', () => {
    const stream = new Stream().packet(1, SPS).packet(1, PPS).packet(1, idr(1)).packet(1, idrRest(2), true)
    expect(stream.contents).toEqual([`${KEY} 5:1 5:2`])
  })

  it('stay whole when every slice bears the marker', () => {
    const stream = new Stream().packet(1, SPS, true).packet(1, PPS, true)
    for (const timestamp of [1, 2, 3]) {
      stream.packet(timestamp, timestamp === 1 ? idr(1) : inter(1), true)
      stream.packet(timestamp, timestamp === 1 ? idrRest(2) : interRest(2), true)
    }
    expect(stream.contents).toEqual([`${KEY} 5:1 5:2`, '1:1 1:2'])
  })

  it('notice a marker that begins to lie, and go on from the next keyframe', () => {
    const stream = honestStream()
    for (const timestamp of [3, 4]) stream.packet(timestamp, inter(1), true).packet(timestamp, interRest(2), true)
    stream.packet(5, idr(1), true).packet(5, idrRest(2), true).packet(6, inter(3), true)
    expect(stream.contents.slice(2)).toEqual(['1:1', `${KEY} 5:1 5:2`])
  })

  it('end at a change of the timestamp and at a first slice where there is no marker', () => {
    const stream = new Stream()
      .packet(1, SPS)
      .packet(1, PPS)
      .packet(1, idr(1))
      .packet(2, inter(2))
      .packet(2, inter(3))
      .packet(2, AUD)
    expect(stream.contents).toEqual([`${KEY} 5:1`, '1:2', '1:3'])
  })

  it('leave delimiters out and begin a keyframe with its parameter sets, whatever the order', () => {
    const stream = honestStream().packet(3, AUD).packet(3, SEI).packet(3, SPS).packet(3, PPS).packet(3, idr(9), true)
    expect(stream.contents.at(-1)).toBe(`${KEY} 6:255 5:9`)
  })

  it('are not torn by parameter sets between the slices of one picture', () => {
    const stream = new Stream()
      .packet(1, SPS)
      .packet(1, PPS)
      .packet(1, idr(1))
      .packet(1, SPS)
      .packet(1, PPS)
      .packet(1, idrRest(2), true)
    expect(stream.contents).toEqual([`${KEY} 5:1 5:2`])
  })

  it('carry a parameter set that changed in between', () => {
    const changed = Buffer.from([...PPS.subarray(0, -1), 0x21])
    const stream = honestStream().packet(3, changed).packet(3, inter(3), true).packet(4, inter(4), true)
    expect(stream.contents.slice(2)).toEqual(['8:33 1:3', '1:4'])
  })

  it('take an intra picture with parameter sets for a keyframe, where no IDR ever comes', () => {
    const stream = new Stream()
      .packet(0, inter(0), true)
      .packet(1, SPS)
      .packet(1, PPS)
      .packet(1, intra(1), true)
      .packet(2, inter(2), true)
    expect(stream.contents).toEqual([`${KEY} 1:1`, '1:2'])
    expect(stream.units.map(({ keyframe }) => keyframe)).toEqual([true, false])
  })

  it('wait for the parameter sets that a keyframe needs', () => {
    const stream = new Stream()
      .packet(1, idr(1), true)
      .packet(2, inter(2), true)
      .packet(3, SPS)
      .packet(3, PPS)
      .packet(3, idr(3), true)
    stream.packet(4, inter(4), true)
    expect(stream.contents).toEqual([`${KEY} 5:3`, '1:4'])
  })

  it('stop at a loss until the next keyframe, and count what they drop', () => {
    const stream = honestStream().packet(3, inter(3))
    stream.assembly.lose()
    stream.packet(4, inter(4), true).packet(5, inter(5), true).packet(6, idr(6), true).packet(7, inter(7), true)
    expect(stream.contents.slice(2)).toEqual([`${KEY} 5:6`, '1:7'])
    expect(stream.assembly.dropped).toBe(3)
  })
})

describe('the H.264 depacketizer', () => {
  it('takes aggregated NAL units apart', () => {
    const sized = (nal: Buffer) => Buffer.concat([Buffer.from([nal.length >> 8, nal.length & 255]), nal])
    const stream = new Stream().packet(1, Buffer.concat([Buffer.from([0x78]), sized(SPS), sized(PPS), sized(SEI)]))
    stream.packet(1, idr(1), true).packet(2, inter(2), true)
    expect(stream.contents).toEqual([`${KEY} 6:255 5:1`, '1:2'])
  })

  it('puts fragments together', () => {
    const stream = honestStream().packet(3, Buffer.from([0x7c, 0x85, 0b10001000, 0b10000000]))
    stream.packet(3, Buffer.from([0x7c, 0x05, 7, 8])).packet(3, Buffer.from([0x7c, 0x45, 9]), true)
    expect(stream.units.at(-1)?.data.subarray(-8).toString('hex')).toBe('0001658880070809')
  })

  it.each([
    ['a fragment whose beginning is missing', Buffer.from([0x7c, 0x05, 1, 2, 3])],
    ['an aggregate longer than its packet', Buffer.from([0x78, 0xff, 0xff, 1])],
    ['an empty aggregate', Buffer.from([0x78])],
    ['a fragment without bytes', Buffer.from([0x7c, 0x85])],
    ['the interleaved mode', Buffer.from([0x79, 0, 0, 1])],
    ['a slice without a header', Buffer.from([0x61])],
  ])('stops at %s and goes on from the next keyframe', (_, payload) => {
    const stream = honestStream().packet(3, payload, true).packet(4, inter(4), true).packet(5, idr(5), true)
    expect(stream.contents.slice(2)).toEqual([`${KEY} 5:5`])
  })

  it.each<[string, Buffer]>([
    ['8 MiB', Buffer.concat([Buffer.from([0x7c, 0x05]), Buffer.alloc(60_000)])],
    ['4096 NAL units', Buffer.concat([Buffer.from([0x78]), ...Array.from({ length: 1000 }, () => Buffer.from([0, 2, 0x06, 1]))])],
  ])('refuses a picture that never ends at %s, and goes on from the next keyframe', (limit, more) => {
    const stream = honestStream().packet(3, Buffer.from([0x7c, 0x85, 0x88, 0x80]))
    const never = () => {
      for (let i = 0; i < 200; i++) stream.packet(3, more)
    }
    expect(never).toThrow(expect.objectContaining({ code: 'protocol_error', message: expect.stringContaining(limit) }))
    expect(stream.packet(5, idr(5), true).contents.at(-1)).toBe(`${KEY} 5:5`)
  })

  it('survives random packets, and whatever comes out is a start code and more', () => {
    let state = 99
    const random = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    const stream = honestStream()
    const seeds = [
      SPS,
      PPS,
      SEI,
      AUD,
      idr(1),
      inter(2),
      interRest(3),
      Buffer.from([0x7c, 0x85, 0x88, 0x80]),
      Buffer.from([0x7c, 0x45, 1]),
    ]
    for (let i = 0; i < 30_000; i++) {
      const payload = Buffer.from(seeds[random(seeds.length)]!)
      if (random(3) === 0) payload[random(payload.length)] = random(256)
      stream.packet(random(5), payload, random(2) === 0)
    }
    expect(stream.units.length).toBeGreaterThan(10)
    for (const { data } of stream.units) expect(data.readUInt32BE(0)).toBe(1)
  })
})
