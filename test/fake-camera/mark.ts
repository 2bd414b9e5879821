/** What is written into every picture of a clip. */
export interface Mark {
  /** 16 bits: the number of the frame in its clip. */
  readonly frame: number
  /** 8 bits: which camera it is. */
  readonly mark: number
}

/**
 * Draws the mark as a bar code of black and white blocks into a picture in yuv420p, once along the upper edge and once along
 * the lower: a picture put together from two does not read. Blocks are a 40th of the width and 2/45 of the height, so that
 * the code can be read at any scale.
 */
export function drawMark(picture: Uint8Array, width: number, height: number, mark: Mark): void {
  const bits = toBits(mark)
  for (const row of ROWS) {
    const { top, bottom } = rowEdges(row, height)
    bits.forEach((bit, column) => {
      const { left, right } = columnEdges(column, width)
      for (let y = top; y < bottom; y++) picture.fill(bit ? WHITE : BLACK, y * width + left, y * width + right)
    })
    clearColour(picture, width, height, row)
  }
}

/** Reads a mark back from a luma plane of any range and scale; undefined when the picture is torn, blurred or has none. */
export function readMark(luma: Uint8Array, width: number, height: number, stride = width): Mark | undefined {
  const [upper, lower] = ROWS.map((row) => readRow(luma, { width, height, stride }, row))
  if (upper === undefined || upper !== lower) return undefined
  return fromBits(upper)
}

type Row = 'top' | 'bottom'

const ROWS: readonly Row[] = ['top', 'bottom']
const COLUMNS = 40
const HEAD = '1010'
const TAIL = '0101'
/** Limited range, as cameras send. */
const BLACK = 16
const WHITE = 235
/** Less contrast than this is a picture without a mark. */
const MIN_CONTRAST = 60

function toBits({ frame, mark }: Mark): boolean[] {
  const code = [frame >> 8, frame & 0xff, mark, crc8([frame >> 8, frame & 0xff, mark])]
  const text = HEAD + code.map((byte) => byte.toString(2).padStart(8, '0')).join('') + TAIL
  return [...text].map((bit) => bit === '1')
}

function fromBits(text: string): Mark | undefined {
  if (!text.startsWith(HEAD) || !text.endsWith(TAIL)) return undefined
  const [high = 0, low = 0, mark = 0, check] = [0, 1, 2, 3].map((i) => Number.parseInt(text.slice(4 + i * 8, 12 + i * 8), 2))
  return check === crc8([high, low, mark]) ? { frame: high * 256 + low, mark } : undefined
}

interface Plane {
  readonly width: number
  readonly height: number
  readonly stride: number
}

function readRow(luma: Uint8Array, plane: Plane, row: Row): string | undefined {
  const levels = Array.from({ length: COLUMNS }, (_, column) => meanOf(luma, plane, row, column))
  const low = Math.min(...levels)
  const high = Math.max(...levels)
  if (high - low < MIN_CONTRAST) return undefined
  // A block in between belongs to two pictures, or was blurred beyond reading.
  const clear = levels.every((level) => level - low < (high - low) * 0.35 || high - level < (high - low) * 0.35)
  return clear ? levels.map((level) => (level > (low + high) / 2 ? '1' : '0')).join('') : undefined
}

/** The mean of the inner half of a block, away from its blurred edges. */
function meanOf(luma: Uint8Array, { width, height, stride }: Plane, row: Row, column: number): number {
  const { left, right } = columnEdges(column, width)
  const { top, bottom } = rowEdges(row, height)
  const marginX = Math.floor((right - left) / 4)
  const marginY = Math.floor((bottom - top) / 4)
  let sum = 0
  let count = 0
  for (let y = top + marginY; y < bottom - marginY; y++) {
    for (let x = left + marginX; x < right - marginX; x++, count++) sum += luma[y * stride + x] ?? 0
  }
  return sum / count
}

function columnEdges(column: number, width: number): { left: number; right: number } {
  return { left: Math.round((column * width) / COLUMNS), right: Math.round(((column + 1) * width) / COLUMNS) }
}

function rowEdges(row: Row, height: number): { top: number; bottom: number } {
  const thickness = Math.round((height * 2) / 45)
  return row === 'top' ? { top: 0, bottom: thickness } : { top: height - thickness, bottom: height }
}

/** Without colour, black and white stay so in every channel of RGB. */
function clearColour(picture: Uint8Array, width: number, height: number, row: Row): void {
  const { top, bottom } = rowEdges(row, height / 2)
  const stride = width / 2
  for (const plane of [width * height, (width * height * 5) / 4]) picture.fill(128, plane + top * stride, plane + bottom * stride)
}

/** CRC-8 with the polynomial 0x07. */
function crc8(bytes: readonly number[]): number {
  let crc = 0xff
  for (const byte of bytes) {
    crc ^= byte
    for (let i = 0; i < 8; i++) crc = ((crc << 1) ^ (crc & 0x80 ? 0x07 : 0)) & 0xff
  }
  return crc
}
