/** What the head of a JPEG says about the picture. */
export interface JpegHeader {
  /** Size in pixels. */
  readonly width: number
  readonly height: number
}

/**
 * Reads the size of a JPEG by walking its marker segments (ITU-T T.81 annex B). Undefined when it is not one whole file:
 * it must begin with SOI, describe its frame before its first scan, have a scan, and end with EOI. The coded data
 * itself is not looked at, so this costs the same for pictures of any size.
 */
export function parseJpegHeader(data: Uint8Array): JpegHeader | undefined {
  if (marker(data, 0) !== SOI || marker(data, data.length - 2) !== EOI) return undefined
  let header: JpegHeader | undefined
  let at = 2
  for (;;) {
    while (data[at] === 0xff && data[at + 1] === 0xff) at++ // fill bytes (B.1.1.2)
    const code = marker(data, at)
    const length = uint16(data, at + 2)
    if (code === undefined || length < 2 || at + 2 + length > data.length - 2) return undefined
    if (code === SOS) return header
    if (isFrameHeader(code)) header = parseFrameHeader(data.subarray(at + 4, at + 2 + length))
    at += 2 + length
  }
}

const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
/** In the range of the frame headers, but not frame headers (table B.1). */
const DHT = 0xc4
const JPG = 0xc8
const DAC = 0xcc

/** The marker code that stands at an offset. */
function marker(data: Uint8Array, at: number): number | undefined {
  return data[at] === 0xff ? data[at + 1] : undefined
}

/** Zero where the bytes end. */
function uint16(data: Uint8Array, at: number): number {
  return ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0)
}

/** SOF0 to SOF15. */
function isFrameHeader(code: number): boolean {
  return code >= 0xc0 && code <= 0xcf && code !== DHT && code !== JPG && code !== DAC
}

/** Precision, height, width and the number of components (B.2.2). */
function parseFrameHeader(segment: Uint8Array): JpegHeader | undefined {
  const height = uint16(segment, 1)
  const width = uint16(segment, 3)
  const components = segment[5] ?? 0
  const isWhole = components > 0 && segment.length >= 6 + 3 * components
  return isWhole && width > 0 && height > 0 ? { width, height } : undefined
}
