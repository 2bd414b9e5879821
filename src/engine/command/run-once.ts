import type { FfmpegCommand } from './ffmpeg-command.ts'
import { FfmpegProcess } from './ffmpeg-process.ts'

/** So long a command may take for one picture. */
const TIMEOUT_MS = 10_000
const MAX_BYTES = 64 * 1024 * 1024

/** What a command writes to descriptor 3 when it is given this; undefined when it fails or writes nothing. */
export async function runOnce(command: FfmpegCommand, args: readonly string[], input?: Buffer): Promise<Buffer | undefined> {
  const quiet = ['-nostdin', '-hide_banner', '-loglevel', 'error']
  const running = new FfmpegProcess(command, [...quiet, ...args, 'pipe:3'], { outputs: 1 })
  const pieces: Buffer[] = []
  let bytes = 0
  running.stderr.resume()
  running.output(0).on('data', (piece: Buffer) => {
    pieces.push(piece)
    bytes += piece.length
    if (bytes > MAX_BYTES) running.kill()
  })
  running.stdin.end(input)
  const timer = setTimeout(() => running.kill(), TIMEOUT_MS)
  const { code } = await running.ended
  clearTimeout(timer)
  return code === 0 && bytes > 0 ? Buffer.concat(pieces) : undefined
}
