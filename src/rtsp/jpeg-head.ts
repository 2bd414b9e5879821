import { STANDARD_HUFFMAN_TABLES } from '../media/jpeg-tables.ts'

/** What the headers of a JPEG over RTP say. */
export interface JpegHead {
  /** Size in pixels. */
  readonly width: number
  readonly height: number
  /** How the chroma is sampled. */
  readonly subsampling: '4:2:2' | '4:2:0'
  /** Luma and chroma quantization tables, 64 bytes each in zigzag order. */
  readonly tables: Buffer
  /** Units between restart markers; 0: there are none. */
  readonly restartInterval: number
}

/** The headers of a JPEG from SOI to SOS (RFC 2435 appendix B; ITU-T T.81 annex B). */
export function jpegHead({ width, height, subsampling, tables, restartInterval }: JpegHead): Buffer {
  const restarts = restartInterval > 0 ? [segment(0xdd, uint16(restartInterval))] : []
  const luma = subsampling === '4:2:0' ? 0x22 : 0x21
  const frame = [8, ...uint16(height), ...uint16(width), 3, 0, luma, 0, 1, 0x11, 1, 2, 0x11, 1]
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, [0, ...tables.subarray(0, 64)]),
    segment(0xdb, [1, ...tables.subarray(64, 128)]),
    ...restarts,
    segment(0xc0, frame),
    STANDARD_HUFFMAN_TABLES,
    segment(0xda, [3, 0, 0, 1, 0x11, 2, 0x11, 0, 63, 0]),
  ])
}

/** The tables of quality `q` from 1 to 99 (RFC 2435 section 4.2), in zigzag order. */
export function quantizationTables(q: number): Buffer {
  const factor = Math.max(1, Math.min(99, q))
  const scale = factor < 50 ? Math.floor(5000 / factor) : 200 - factor * 2
  return Buffer.from([...LUMA, ...CHROMA].map((value) => Math.max(1, Math.min(255, Math.floor((value * scale + 50) / 100)))))
}

function segment(marker: number, body: readonly number[] | Uint8Array): Buffer {
  return Buffer.from([0xff, marker, ...uint16(body.length + 2), ...body])
}

function uint16(value: number): [number, number] {
  return [value >> 8, value & 0xff]
}

/** ITU-T T.81 tables K.1 and K.2 in zigzag order. */
const LUMA = [
  16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
  56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92,
  101, 103, 99,
]
const CHROMA = [
  17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
]
