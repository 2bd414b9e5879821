import { describe, expect, it } from 'vitest'
import { parseJpegHeader } from './jpeg.ts'
import { JpegScanner, type ScannedJpeg } from './jpeg-scanner.ts'
import { addHuffmanTables, STANDARD_HUFFMAN_TABLES } from './jpeg-tables.ts'

/** 16x16 pixels, with the coded data that is named; no decoder is asked. */
function jpeg(coded: string, { tables = true, extra = '' } = {}): Buffer {
  const frame = Buffer.from('ffc0000b080010001001011100', 'hex')
  const scan = Buffer.from('ffda0008010100003f00', 'hex')
  return Buffer.concat([
    Buffer.from(`ffd8${extra}`, 'hex'),
    frame,
    tables ? STANDARD_HUFFMAN_TABLES : Buffer.alloc(0),
    scan,
    Buffer.from(coded, 'hex'),
    Buffer.from('ffd9', 'hex'),
  ])
}

const ONE = jpeg('0102ff00ffd1030405')
const TWO = jpeg('a1a2a3')

/** Everything that a scanner finds in bytes that come in pieces of this length. */
function scan(bytes: Buffer, step = bytes.length) {
  const found: ScannedJpeg[] = []
  const scanner = new JpegScanner((picture) => found.push(picture))
  for (let at = 0; at < bytes.length; at += step) scanner.push(bytes.subarray(at, at + step))
  return { scanner, found, pictures: found.map(({ data }) => data) }
}

describe('JPEGs in a stream of bytes', () => {
  it.each([1, 2, 3, 7, 64, 10_000])('are found whole, whatever stands between them, in pieces of %i bytes', (step) => {
    const stream = Buffer.concat([
      Buffer.from('--b\r\nContent-Length: 5\r\n\r\n'),
      ONE,
      Buffer.from('\r\n--b--\xff\r\n', 'latin1'),
      TWO,
    ])
    const { pictures, scanner } = scan(stream, step)
    expect(pictures).toEqual([ONE, TWO])
    expect(scanner.damaged).toBe(0)
  })

  it('do not end at the end of a thumbnail inside them', () => {
    const thumbnail = 'ffe1000affd8ffe00102ffd9'
    const outer = jpeg('aa', { extra: thumbnail })
    expect(scan(Buffer.concat([outer, ONE])).pictures).toEqual([outer, ONE])
  })

  it('may have several scans', () => {
    const second = 'aabbffda0008010200003f00cc'
    const progressive = jpeg(second)
    expect(scan(progressive, 5).pictures).toEqual([progressive])
  })

  it('may have fill bytes before their markers', () => {
    const filled = jpeg('aaffff', { extra: 'ffffe000021234'.slice(0, 10) })
    expect(scan(filled, 3).pictures).toEqual([filled])
  })

  it('that are cut off are dropped and counted, and the next is found', () => {
    const { pictures, scanner } = scan(Buffer.concat([ONE.subarray(0, -6), Buffer.from('\r\n--b\r\n'), TWO]), 11)
    expect(pictures).toEqual([TWO])
    expect(scanner.damaged).toBe(1)
  })

  it.each(['ffd8ffd8', 'ffd8ff0102', 'ffd8ffd9', 'ffd8ffc00001', 'ffd8ffc00000ffd8'])(
    'are told from what only begins like one (%s)',
    (begin) => {
      expect(scan(Buffer.concat([Buffer.from(begin, 'hex'), ONE]), 2).pictures).toEqual([ONE])
    },
  )

  it.each([1, 64, 10_000])('that are cut off within a segment cost no good one, in pieces of %i bytes', (step) => {
    const boundary = Buffer.from('\r\n--b\r\n\r\n')
    const inTables = ONE.subarray(0, 40)
    const { pictures, scanner } = scan(Buffer.concat([inTables, boundary, TWO, inTables, ONE, boundary, TWO]), step)
    expect(pictures).toEqual([TWO, ONE, TWO])
    expect(scanner.damaged).toBe(2)
  })

  it('that never end can be told, and so can a stream without any', () => {
    expect(scan(Buffer.concat([ONE.subarray(0, -2), Buffer.alloc(50_000, 1)]), 1000).scanner.pendingBytes).toBeGreaterThan(50_000)
    expect(scan(Buffer.alloc(50_000, 60), 1000).scanner.foreignBytes).toBeGreaterThan(49_000)
  })

  it('without Huffman tables get those of the standard', () => {
    const bare = jpeg('aa', { tables: false })
    const { found } = scan(bare)
    expect(found[0]?.hasHuffmanTables).toBe(false)
    expect(addHuffmanTables(bare)).toEqual(jpeg('aa'))
    expect(parseJpegHeader(addHuffmanTables(bare)!)).toEqual({ width: 16, height: 16 })
    expect(scan(ONE).found[0]?.hasHuffmanTables).toBe(true)
    expect(addHuffmanTables(Buffer.from('ffd8ffd9', 'hex'))).toBeUndefined()
  })

  it('survive whatever else is sent', () => {
    let seed = 1
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
      return seed
    }
    // A damaged length can swallow 64 KiB of good pictures, no more.
    const good = Array.from({ length: 160 }, () => TWO)
    for (let round = 0; round < 100; round++) {
      const stream = Buffer.concat([ONE, TWO, ONE])
      for (let i = 0; i < 4; i++) stream[random() % stream.length] = random() % 256
      const { pictures } = scan(Buffer.concat([stream, ...good]), 1 + (random() % 500))
      expect(pictures.at(-1)).toEqual(TWO)
    }
  })

  it.each(['ffd8ff00', 'ffd8ffd8', 'ffd8ffffd8'])(
    'that are none take no time by the square of their number (%s)',
    (beginning) => {
      const bytes = Buffer.alloc(2 * 1024 * 1024, Buffer.from(beginning, 'hex'))
      const began = performance.now()
      expect(scan(bytes).found).toEqual([])
      expect(performance.now() - began).toBeLessThan(3000)
    },
  )
})
