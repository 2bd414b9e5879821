import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { AtalayaError } from '../../api/errors.ts'
import { processEnvironment } from '../process-environment.ts'

/** An installed `ffmpeg` command. */
export interface FfmpegCommand {
  /** As it is started: a name that is looked for on the path. */
  readonly path: string
  /** As it says itself, such as `5.1.6-0+deb12u1`. */
  readonly version: string
  /** The option by which it passes frames on as they come, without doubling or dropping any. */
  readonly passFrames: readonly string[]
  /** What it can draw and encode with, as far as that differs from build to build. */
  readonly hasText: boolean
  readonly hasX264: boolean
}

/**
 * Asks the `ffmpeg` command on the path what it is.
 * @throws {AtalayaError} `engine_unavailable` when there is none, or one that is too old.
 */
export async function findFfmpeg(): Promise<FfmpegCommand> {
  const [version, filters, encoders] = await Promise.all([ask('-version'), ask('-filters'), ask('-encoders')])
  const name = /^ffmpeg version (\S+)/.exec(version)?.[1] ?? 'unknown'
  const release = releaseOf(name)
  if (release < OLDEST) throw unavailable(`the ffmpeg command is version ${name}, and 5.0 is the oldest that will do`)
  if (!/ colorspace /.test(filters)) throw unavailable('the ffmpeg command was built without its filters')
  return {
    path: PATH,
    version: name,
    passFrames: release >= FPS_MODE_SINCE ? ['-fps_mode', 'passthrough'] : ['-vsync', 'passthrough'],
    hasText: / drawtext /.test(filters),
    hasX264: / libx264 /.test(encoders),
  }
}

const PATH = 'ffmpeg'
const OLDEST = 5
const FPS_MODE_SINCE = 5.01
const TIMEOUT_MS = 10_000

/** 5.1.6 is 5.01; a build between releases, which bears no number, counts as the newest. */
function releaseOf(version: string): number {
  const [, major, minor] = /^n?(\d+)\.(\d+)/.exec(version) ?? []
  return major === undefined ? Number.POSITIVE_INFINITY : Number(major) + Number(minor) / 100
}

async function ask(option: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(PATH, ['-hide_banner', option], {
      timeout: TIMEOUT_MS,
      maxBuffer: 4 * 1024 * 1024,
      env: processEnvironment(),
    })
    return stdout
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw unavailable(isMissing ? 'there is no ffmpeg command on the path' : 'the ffmpeg command does not answer', error)
  }
}

function unavailable(reason: string, cause?: unknown): AtalayaError {
  return new AtalayaError('engine_unavailable', `Pictures cannot be decoded by the ffmpeg command: ${reason}.`, { cause })
}
