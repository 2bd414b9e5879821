import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { joinAnnexB, splitAnnexB } from '../../src/media/annex-b.ts'
import { isSlice, NAL, nalType } from '../../src/media/h264.ts'
import type { Packet } from '../../src/media/packet.ts'
import { type Micros, micros, now } from '../../src/media/time.ts'

/** A picture or clip as ffmpeg is asked for it. */
export interface ClipRecipe {
  /** Options before the output, the input included. */
  readonly input: readonly string[]
  readonly encode?: readonly string[]
  /** Given to ffmpeg's standard input. */
  readonly stdin?: Buffer
}

/** Whether the ffmpeg command is there to make clips and to check pictures. */
export const hasFfmpeg = await promisify(execFile)('ffmpeg', ['-version']).then(
  () => true,
  () => false,
)

/** H.264 access units of a clip that ffmpeg makes, one each 40 ms, without B-frames unless asked for. */
export async function h264Clip({ input, encode = [], stdin }: ClipRecipe): Promise<Buffer[]> {
  const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0', '-g', '25', '-x264-params', 'aud=1']
  return accessUnits(await ffmpeg([...input, ...x264, ...encode, '-f', 'h264', 'pipe:1'], stdin))
}

/** The usual moving clip. */
export function movingClip(size: string, seconds: number, ...encode: string[]): Promise<Buffer[]> {
  return h264Clip({
    input: ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25:duration=${seconds}`],
    encode: ['-pix_fmt', 'yuv420p', ...encode],
  })
}

/** The packet of an access unit, taken now; its time is that of picture `index` at `fps`. */
export function packetOf(data: Buffer, index: number, fps = 25): Packet {
  const pts: Micros = micros((index * 1_000_000) / fps)
  const keyframe = nalType(data[4] ?? 0) === NAL.SPS
  return { track: { codec: 'h264' }, data, pts, dts: pts, keyframe, capturedAt: now() }
}

/** Runs ffmpeg and returns what it writes; rejects on any error it reports. */
export async function ffmpeg(args: readonly string[], stdin?: Buffer): Promise<Buffer> {
  const options = { encoding: 'buffer', maxBuffer: 256 * 1024 * 1024 } as const
  const running = promisify(execFile)('ffmpeg', ['-v', 'error', '-xerror', ...args], options)
  running.child.stdin?.end(stdin)
  const { stdout, stderr } = await running
  if (stderr.length > 0) throw new Error(`ffmpeg: ${stderr}`)
  return stdout
}

/** The packed RGB pixels of a JPEG, as ffmpeg decodes it. */
export function decodeJpeg(jpeg: Buffer): Promise<Buffer> {
  const exact = ['-sws_flags', 'accurate_rnd+full_chroma_int+full_chroma_inp']
  return ffmpeg(['-f', 'mjpeg', '-i', 'pipe:0', ...exact, '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'], jpeg)
}

function accessUnits(stream: Buffer): Buffer[] {
  const units: Uint8Array[][] = []
  for (const nal of splitAnnexB(stream)) {
    const type = nalType(nal[0] ?? 0)
    if (type === NAL.AUD) units.push([])
    else if (type === NAL.SPS || type === NAL.PPS || isSlice(type)) units.at(-1)?.push(nal)
  }
  return units.map(joinAnnexB)
}
