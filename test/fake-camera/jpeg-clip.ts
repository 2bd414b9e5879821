import { ffmpeg } from '../engine/clips.ts'
import type { Clip } from './clip.ts'

/** Moving test pictures, each a JPEG file. */
export async function loadJpegs({ size, count }: { size: string; count: number }): Promise<Buffer[]> {
  const pictures = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25`, '-frames:v', String(count), '-pix_fmt', 'yuvj420p']
  const film = await ffmpeg([...pictures, '-c:v', 'mjpeg', '-q:v', '5', '-huffman', 'default', '-f', 'mjpeg', 'pipe:1'])
  const begins: number[] = []
  for (let at = film.indexOf(SOI); at >= 0; at = film.indexOf(SOI, at + 2)) begins.push(at)
  return begins.map((begin, i) => film.subarray(begin, begins[i + 1]))
}

/** A clip of such pictures, for a camera that sends JPEG over RTSP; at most 2040 pixels a side, multiples of 8. */
export async function loadJpegClip({ width, height, fps }: Pick<Clip, 'width' | 'height' | 'fps'>): Promise<Clip> {
  const jpegs = await loadJpegs({ size: `${width}x${height}`, count: fps })
  return { codec: 'jpeg', width, height, fps, units: jpegs.map((jpeg) => [jpeg]) }
}

/** The same picture as cameras send it that save the bytes of the usual Huffman tables. */
export function withoutHuffmanTables(jpeg: Buffer): Buffer {
  const kept = [jpeg.subarray(0, 2)]
  for (let at = 2; at + 4 <= jpeg.length; ) {
    const end = at + 2 + jpeg.readUInt16BE(at + 2)
    if (jpeg[at + 1] === 0xda) return Buffer.concat([...kept, jpeg.subarray(at)])
    if (jpeg[at + 1] !== 0xc4) kept.push(jpeg.subarray(at, end))
    at = end
  }
  throw new Error('the JPEG has no scan')
}

const SOI = Buffer.from([0xff, 0xd8, 0xff])
