import { describe, expect, it } from 'vitest'
import { JpegDecoder } from '../../test/e2e/jpeg-pixels.ts'
import { ffmpeg, hasFfmpeg } from '../../test/engine/clips.ts'
import { parseJpegHeader } from '../media/jpeg.ts'
import { micros } from '../media/time.ts'
import type { AccessUnit } from './access-units.ts'
import { JpegDepacketizer } from './jpeg-depacketizer.ts'
import { quantizationTables } from './jpeg-head.ts'

/** A scan that no decoder is asked to decode. */
const SCAN = Buffer.from('f9e8d7c6b5a4938271605142', 'hex')

interface Fields {
  readonly offset?: number
  readonly type?: number
  readonly q?: number
  readonly size?: readonly [number, number]
  readonly extra?: Buffer
  readonly scan?: Buffer
}

/** RFC 2435 section 3.1. */
function payload({ offset = 0, type = 1, q = 50, size = [320, 240], extra = Buffer.alloc(0), scan = SCAN }: Fields): Buffer {
  const head = Buffer.from([0, offset >> 16, (offset >> 8) & 255, offset & 255, type, q, size[0] / 8, size[1] / 8])
  return Buffer.concat([head, extra, scan])
}

class Stream {
  readonly units: AccessUnit[] = []
  readonly depacketizer: JpegDepacketizer
  #sequence = 0

  constructor(size?: { width: number; height: number }) {
    this.depacketizer = new JpegDepacketizer((unit) => this.units.push(unit), size)
  }

  packet(timestamp: number, fields: Fields | Buffer, marker = true): this {
    const header = { payloadType: 26, marker, sequence: this.#sequence++, timestamp, ssrc: 1 }
    const bytes = Buffer.isBuffer(fields) ? fields : payload(fields)
    this.depacketizer.accept({ ...header, payload: bytes }, micros(timestamp))
    return this
  }
}

/** Quantization table header and tables. */
const tables = (...values: number[]) => {
  const bytes = Buffer.concat(values.map((value) => Buffer.alloc(64, value)))
  return Buffer.concat([Buffer.from([0, 0, bytes.length >> 8, bytes.length & 255]), bytes])
}

describe('JPEG over RTP', () => {
  it('becomes a whole file, put together of its packets', () => {
    const stream = new Stream()
      .packet(1, { scan: SCAN }, false)
      .packet(1, { offset: SCAN.length, scan: Buffer.from('ab', 'hex') })
    expect(stream.units).toHaveLength(1)
    expect(parseJpegHeader(stream.units[0]!.data)).toEqual({ width: 320, height: 240 })
    expect(stream.units[0]!.data.subarray(-15).toString('hex')).toBe(`${SCAN.toString('hex')}abffd9`)
    expect(stream.units[0]).toMatchObject({ keyframe: true, timestamp: 1 })
  })

  it('is not passed on when a packet is missing, and the next one is', () => {
    const stream = new Stream().packet(1, {}, false)
    stream.depacketizer.lose()
    stream.packet(1, { offset: 24 }).packet(2, {})
    expect(stream.units.map(({ timestamp }) => timestamp)).toEqual([2])
    expect(stream.depacketizer).toMatchObject({ dropped: 1, malformed: 0 })
  })

  it('is not passed on with a hole that no sequence number tells', () => {
    const stream = new Stream().packet(1, {}, false).packet(1, { offset: 99 })
    expect(stream.units).toEqual([])
    expect(stream.depacketizer).toMatchObject({ dropped: 1, malformed: 1 })
  })

  it('brings its own tables, which later pictures need not repeat', () => {
    const stream = new Stream().packet(1, { q: 200, extra: tables(7, 9) }).packet(2, { q: 200, extra: Buffer.from([0, 0, 0, 0]) })
    const [first, second] = stream.units.map(({ data }) => data)
    expect(first?.includes(Buffer.alloc(64, 7))).toBe(true)
    expect(first?.includes(Buffer.alloc(64, 9))).toBe(true)
    expect(second).toEqual(first)
  })

  it('names its restart interval and its sampling', () => {
    const stream = new Stream().packet(1, { type: 0x40, extra: Buffer.from([0, 20, 0xff, 0xff]) })
    expect(stream.units[0]?.data.includes(Buffer.from('ffdd00040014', 'hex'))).toBe(true)
    expect(stream.units[0]?.data.includes(Buffer.from('030021', 'hex'))).toBe(true)
  })

  it('takes a size above 2040 pixels from the session description', () => {
    const stream = new Stream({ width: 2592, height: 1944 }).packet(1, { size: [0, 0] })
    expect(parseJpegHeader(stream.units[0]!.data)).toEqual({ width: 2592, height: 1944 })
    expect(new Stream().packet(1, { size: [0, 0] }).units).toEqual([])
  })

  it.each<[string, Buffer]>([
    ['is empty', Buffer.alloc(0)],
    ['ends in its header', payload({}).subarray(0, 7)],
    ['is of an unknown type', payload({ type: 9 })],
    ['has a reserved quality', payload({ q: 110 })],
    ['has quality 0', payload({ q: 0 })],
    ['promises more tables than there are', payload({ q: 255, extra: Buffer.from([0, 0, 255, 255]), scan: SCAN })],
    ['refers to tables that never came', payload({ q: 201, extra: Buffer.from([0, 0, 0, 0]) })],
    ['has tables of 16 bits', payload({ q: 255, extra: Buffer.concat([Buffer.from([0, 3, 1, 0]), Buffer.alloc(256)]) })],
  ])('is passed over where it %s', (_, bytes) => {
    const stream = new Stream().packet(1, bytes)
    expect(stream.units).toEqual([])
    expect(stream.depacketizer.malformed).toBe(1)
    expect(stream.packet(2, {}).units).toHaveLength(1)
  })

  it('never grows beyond the limit of a picture', () => {
    const stream = new Stream().packet(1, {}, false)
    const scan = Buffer.alloc(60_000)
    for (let offset = SCAN.length; offset < 9_000_000; offset += scan.length) stream.packet(1, { offset, scan }, false)
    stream.packet(1, { offset: 1 })
    expect(stream.units).toEqual([])
  })

  it.runIf(hasFfmpeg)('has the pixels of the picture that was sent, with the tables of its quality', async () => {
    const file = await ffmpeg([
      ...['-f', 'lavfi', '-i', 'testsrc2=size=320x240', '-frames:v', '1', '-pix_fmt', 'yuvj420p'],
      ...['-c:v', 'mjpeg', '-huffman', 'default', '-f', 'mjpeg', 'pipe:1'],
    ])
    const dqt = file.indexOf(Buffer.from([0xff, 0xdb]))
    const sos = file.indexOf(Buffer.from([0xff, 0xda]))
    const scan = file.subarray(sos + 2 + file.readUInt16BE(sos + 2), -2)
    const table = file.subarray(dqt + 5, dqt + 69)
    const extra = Buffer.concat([Buffer.from([0, 0, 0, 64]), table])
    const stream = new Stream().packet(1, { q: 255, extra, scan })
    const pixels = (jpeg: Buffer) => Buffer.from(new JpegDecoder().decode(jpeg).data)
    expect(pixels(stream.units[0]!.data).equals(pixels(file))).toBe(true)
  })

  it('has the tables of the standard at quality 50, half of them at 75', () => {
    expect([...quantizationTables(50).subarray(0, 4)]).toEqual([16, 11, 12, 14])
    expect([...quantizationTables(75).subarray(0, 4)]).toEqual([8, 6, 6, 7])
    expect(quantizationTables(99).every((value) => value >= 1)).toBe(true)
    expect(quantizationTables(50)).toHaveLength(128)
  })
})
