import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { drawMark } from './mark.ts'

/** A clip that a fake camera plays over and over. */
export interface Clip {
  readonly codec: 'h264' | 'h265' | 'jpeg'
  readonly width: number
  readonly height: number
  readonly fps: number
  /** The access units in order, each as its NAL units without start codes, or as one JPEG. The first is a keyframe. */
  readonly units: readonly (readonly Buffer[])[]
}

export interface ClipSettings {
  /** H.264 unless given. */
  readonly codec?: 'h264' | 'h265'
  readonly width: number
  readonly height: number
  readonly fps: number
  /** At most 65536; a multiple of `gop`, so that the loop is regular. */
  readonly frames: number
  /** Frames from one keyframe to the next. */
  readonly gop: number
  /** Bits a second; 4 Mbit/s unless given. */
  readonly bitrate?: number
  /** 8 bits that tell this camera's pictures from another's. */
  readonly mark?: number
  /** Slices a picture; one unless given. */
  readonly slices?: number
}

/**
 * Makes a clip with the `ffmpeg` command, or takes it from `.cache/clips` where it was made before. Every picture bears
 * its number (see `readMark`) over moving, noisy content; there are no B-frames, and GOPs are closed.
 */
export async function loadClip(settings: ClipSettings): Promise<Clip> {
  const { width, height, fps, frames, gop, bitrate = 4_000_000, mark = 0, slices = 1, codec = 'h264' } = settings
  const file = `${FOLDER}${[`v${VERSION}`, `${width}x${height}`, fps, frames, gop, bitrate, mark, slices].join('-')}.${codec}`
  const stored = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  const data = stored ?? (await makeClip({ codec, width, height, fps, frames, gop, bitrate, mark, slices }, file))
  const units = splitAccessUnits(data, codec)
  if (units.length !== frames) throw new Error(`the clip ${file} has ${units.length} pictures instead of ${frames}`)
  return { codec, width, height, fps, units }
}

const FOLDER = fileURLToPath(new URL('../../.cache/clips/', import.meta.url))
/** To be raised when the same settings make another clip. */
const VERSION = 2

/** Made beside its place and then moved there, since several test processes may make the same clip at the same time. */
async function makeClip(settings: Required<ClipSettings>, file: string): Promise<Buffer> {
  await mkdir(FOLDER, { recursive: true })
  const unfinished = `${file}.${process.pid}.part`
  try {
    await encodeClip(settings, unfinished)
    await rename(unfinished, file)
  } finally {
    await rm(unfinished, { force: true })
  }
  return readFile(file)
}

/** One ffmpeg makes raw pictures, the marks are drawn here, another ffmpeg encodes them. */
async function encodeClip(settings: Required<ClipSettings>, file: string): Promise<void> {
  const { width, height, fps, frames, mark } = settings
  const pattern = `testsrc2=size=${width}x${height}:rate=${fps},noise=alls=12:allf=t,format=yuv420p`
  const source = runFfmpeg(['-f', 'lavfi', '-i', pattern, '-frames:v', String(frames), '-f', 'rawvideo', 'pipe:1'])
  const encoder = runFfmpeg([
    ...['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-r', String(fps), '-i', 'pipe:0'],
    ...encoderOf(settings),
    ...['-y', file],
  ])
  const picture = Buffer.alloc((width * height * 3) / 2)
  let filled = 0
  let frame = 0
  for await (const chunk of source.child.stdout as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.copy(picture, filled, at)
      at += taken
      filled += taken
      if (filled < picture.length) continue
      drawMark(picture, width, height, { frame: frame++, mark })
      filled = 0
      if (!encoder.child.stdin.write(Buffer.from(picture))) await once(encoder.child.stdin, 'drain')
    }
  }
  encoder.child.stdin.end()
  await Promise.all([source.done, encoder.done])
}

/** No B-frames, closed groups of the same length, parameter sets with each. */
function encoderOf({ codec, gop, bitrate, slices }: Required<ClipSettings>): string[] {
  const rate = ['-b:v', String(bitrate), '-maxrate', String(bitrate), '-bufsize', String(bitrate), '-bf', '0']
  const groups = ['-g', String(gop), '-keyint_min', String(gop), '-sc_threshold', '0', '-tune', 'zerolatency']
  if (codec === 'h265') {
    const params = `keyint=${gop}:min-keyint=${gop}:scenecut=0:open-gop=0:repeat-headers=1:bframes=0:slices=${slices}:log-level=error`
    return ['-c:v', 'libx265', '-preset', 'ultrafast', ...rate, ...groups, '-x265-params', params, '-f', 'hevc']
  }
  const params = `sliced-threads=0:slices=${slices}:open-gop=0:repeat-headers=1:aud=0`
  return [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-profile:v',
    'main',
    ...rate,
    ...groups,
    '-x264-params',
    params,
    '-f',
    'h264',
  ]
}

function runFfmpeg(args: readonly string[]) {
  const child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const done = once(child, 'close').then(([code]) => {
    if (code !== 0) throw new Error(`ffmpeg ended with ${code}`)
  })
  return { child, done }
}

/** An access unit begins at the first NAL unit after a slice that is no further slice of the same picture. */
function splitAccessUnits(data: Buffer, codec: 'h264' | 'h265'): Buffer[][] {
  const units: Buffer[][] = []
  let hasSlice = true
  for (const nal of splitNals(data)) {
    const { slice, isFirst } = codec === 'h265' ? readH265Slice(nal) : readSlice(nal)
    if (hasSlice && (!slice || isFirst)) {
      units.push([])
      hasSlice = false
    }
    units.at(-1)?.push(nal)
    hasSlice ||= slice
  }
  return units
}

function readSlice(nal: Buffer): { slice: boolean; isFirst: boolean } {
  // first_mb_in_slice = 0 is the one-bit code 1
  return { slice: [1, 5].includes(nal.readUInt8(0) & 31), isFirst: (nal.readUInt8(1) & 0x80) !== 0 }
}

function readH265Slice(nal: Buffer): { slice: boolean; isFirst: boolean } {
  return { slice: nal.readUInt8(0) >> 1 < 32, isFirst: (nal.readUInt8(2) & 0x80) !== 0 }
}

function splitNals(data: Buffer): Buffer[] {
  const nals: Buffer[] = []
  const code = Buffer.from([0, 0, 1])
  for (let begin = data.indexOf(code); begin >= 0; ) {
    const next = data.indexOf(code, begin + 3)
    let end = next < 0 ? data.length : next
    while (data[end - 1] === 0) end--
    nals.push(data.subarray(begin + 3, end))
    begin = next
  }
  return nals
}
