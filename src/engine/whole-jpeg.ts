import { JpegScanner } from '../media/jpeg-scanner.ts'
import { addHuffmanTables } from '../media/jpeg-tables.ts'

/** One whole JPEG of what a USB camera sends: some are cut short, filled up with zeros, or without Huffman tables. */
export function wholeJpeg(raw: Buffer | null): Buffer | undefined {
  let whole: Buffer | undefined
  const scanner = new JpegScanner(({ data, hasHuffmanTables }) => {
    whole ??= hasHuffmanTables ? data : addHuffmanTables(data)
  })
  if (raw) scanner.push(raw)
  return whole
}
