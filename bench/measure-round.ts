import { get } from 'node:http'
import type { Readable } from 'node:stream'
import { JpegDecoder } from '../test/e2e/jpeg-pixels.ts'
import type { WrittenFrame } from '../test/fake-camera/fake-camera.ts'
import type { Contender } from './contenders/contender.ts'
import { processUsage } from './process-usage.ts'
import { pause } from './waiting.ts'

/** What one contender did in one round. */
export interface Round {
  readonly name: string
  /** Milliseconds from the last byte of each picture at the camera to the last byte of its JPEG at the viewer. */
  readonly delays: readonly number[]
  readonly picturesPerSecond: number
  /** Share of one core that all its processes used, 0 to 1 and above. */
  readonly cpu: number
  /** Bytes of all its processes. */
  readonly memory: number
  /** Mean size of a JPEG in bytes. */
  readonly pictureSize: number
}

/** A camera that knows when each of its numbered pictures began its way. */
interface MarkedCamera {
  written(): Promise<readonly WrittenFrame[]>
}

/** One camera, one viewer: warms the contender up, then measures for some seconds. */
export async function measureRound(
  contender: Contender,
  camera: MarkedCamera,
  seconds: number,
  warmUp = contender.name === 'atalaya' ? COMPILED_AFTER_S : SETTLED_AFTER_S,
): Promise<Round> {
  const pictures: { data: Buffer; at: number }[] = []
  const stream = await openStream(contender.url)
  readParts(stream, (data) => pictures.push({ data, at: performance.timeOrigin + performance.now() }))
  await pause(warmUp)
  if (pictures.length === 0) throw new Error(`${contender.name} shows nothing`)
  pictures.length = 0
  const before = processUsage(contender.pid)
  const began = performance.now()
  await pause(seconds)
  const elapsed = (performance.now() - began) / 1000
  const measured = pictures.splice(0)
  const after = processUsage(contender.pid)
  const written = await camera.written()
  stream.destroy()
  return {
    name: contender.name,
    delays: delaysOf(measured, written),
    picturesPerSecond: measured.length / elapsed,
    cpu: (after.cpu - before.cpu) / elapsed,
    memory: after.memory,
    pictureSize: measured.reduce((sum, { data }) => sum + data.length, 0) / measured.length,
  }
}

/** V8 compiles what runs often, and at 30 pictures a second that takes it half a minute and more. */
export const COMPILED_AFTER_S = 30
/** The peers do their work in C, which was compiled long before. */
const SETTLED_AFTER_S = 8

/** A server that has just been started may not listen yet. */
async function openStream(url: string): Promise<Readable> {
  for (let tries = 0; ; tries++) {
    const stream = await new Promise<Readable | undefined>((resolve, reject) => {
      const refused = (error: Error) => (tries < 100 ? resolve(undefined) : reject(error))
      get(url, { agent: false }, resolve).on('error', refused)
    })
    if (stream) return stream
    await pause(0.1)
  }
}

function delaysOf(pictures: readonly { data: Buffer; at: number }[], written: readonly WrittenFrame[]): number[] {
  const decoder = new JpegDecoder()
  return pictures.flatMap(({ data, at }) => {
    const frame = decoder.readMark(data)?.frame
    const origin = written.findLast((entry) => entry.frame === frame && entry.at <= at)
    return origin ? [at - origin.at] : []
  })
}

/** Finds the parts by their Content-Length. */
function readParts(stream: Readable, onPicture: (data: Buffer) => void): void {
  let buffered = Buffer.alloc(0)
  stream.on('error', () => stream.destroy())
  stream.on('data', (data: Buffer) => {
    buffered = Buffer.concat([buffered, data])
    for (;;) {
      const end = buffered.indexOf('\r\n\r\n')
      const length = /content-length:\s*(\d+)/i.exec(buffered.subarray(0, Math.max(0, end)).toString('latin1'))?.[1]
      if (end < 0 || length === undefined || buffered.length < end + 4 + Number(length)) return
      onPicture(Buffer.from(buffered.subarray(end + 4, end + 4 + Number(length))))
      buffered = buffered.subarray(end + 4 + Number(length))
    }
  })
}
