import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { AtalayaError } from '../../api/errors.ts'
import { parseJpegHeader } from '../../media/jpeg.ts'
import { now } from '../../media/time.ts'
import type { InputRequest } from '../engine.ts'
import { listPictures } from '../picture-folder.ts'
import { wholeJpeg } from '../whole-jpeg.ts'
import type { FfmpegCommand } from './ffmpeg-command.ts'
import type { WrittenFrame } from './framed-reader.ts'
import { toJpeg } from './input-arguments.ts'
import { runOnce } from './run-once.ts'

/**
 * Plays the pictures of a folder again and again until the signal; a picture that is no JPEG is made into one by the command.
 * @throws {AtalayaError} `stream_not_found` when there are none, `unsupported` when one cannot be read.
 */
export async function playFolder(
  command: FfmpegCommand,
  { address, name, fps = 1 }: InputRequest,
  signal: AbortSignal,
  take: (frame: WrittenFrame) => void,
): Promise<void> {
  const began = now()
  for (let count = 0; !signal.aborted; ) {
    const files = await listPictures(address)
    if (files.length === 0) throw new AtalayaError('stream_not_found', `There are no pictures in the folder ${name}.`)
    for (const file of files) {
      const time = (count++ * 1_000_000) / fps
      const data = await readPicture(command, file)
      const wait = (began + time - now()) / 1000
      // The abort ends the wait, and is seen below.
      if (wait >= 1) await delay(wait, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      take({ time, decodeAt: time, keyframe: true, data })
    }
  }
}

async function readPicture(command: FfmpegCommand, file: string): Promise<Buffer> {
  const bytes = await readFile(file)
  const jpeg = wholeJpeg(bytes)
  if (jpeg && parseJpegHeader(jpeg)) return jpeg
  const made = await runOnce(command, ['-i', `file:${file}`, '-frames:v', '1', ...toJpeg(), '-f', 'mjpeg'])
  if (made === undefined) throw new AtalayaError('unsupported', `${file} is no picture that can be read.`)
  return made
}
