import { parseJpegHeader } from '../../../src/media/jpeg.ts'
import { JpegScanner } from '../../../src/media/jpeg-scanner.ts'
import { addHuffmanTables } from '../../../src/media/jpeg-tables.ts'
import { JPEGS } from '../corpus.ts'
import { type FuzzTarget, insist } from '../fuzz-target.ts'
import { pieces } from '../pieces.ts'

const PART = '\r\n--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 1068\r\n\r\n'
const WORDS = ['ffd8ff', 'ffd8', 'ffd9', 'ffda', 'ffc0', 'ffc4', 'ffdd', 'ffd0', 'ffff', 'ff00'].map((hex) =>
  Buffer.from(hex, 'hex'),
)

/** Single pictures, and pictures in a stream of bytes as HTTP cameras send them. */
export const PICTURE_TARGETS: readonly FuzzTarget[] = [
  {
    name: 'jpeg-header',
    corpus: JPEGS,
    shape: 'bytes',
    words: WORDS,
    limit: 256 * 1024,
    run(input) {
      const size = parseJpegHeader(input)
      insist(!size || (size.width > 0 && size.height > 0 && size.width < 65_536 && size.height < 65_536), 'a size that cannot be')
      const whole = addHuffmanTables(input)
      insist(!whole || whole.length < input.length + 1024, 'tables that are too long')
    },
  },
  {
    name: 'http-pictures',
    corpus: [Buffer.concat(JPEGS.flatMap((jpeg) => [Buffer.from(PART), jpeg])), Buffer.concat([...JPEGS, ...JPEGS])],
    shape: 'bytes',
    words: [...WORDS, PART, '--frame', '\r\n'],
    limit: 256 * 1024,
    run(input, endTurn) {
      const scanner = new JpegScanner(({ data, hasHuffmanTables }) => {
        insist(data.readUInt16BE(0) === 0xffd8 && data.readUInt16BE(data.length - 2) === 0xffd9, 'a picture that is not whole')
        const whole = hasHuffmanTables ? data : addHuffmanTables(data)
        if (whole) parseJpegHeader(whole)
      })
      for (const piece of pieces(input, 65_536)) {
        scanner.push(piece)
        endTurn()
      }
      insist(scanner.pendingBytes <= input.length, 'more is kept than came')
    },
  },
]
