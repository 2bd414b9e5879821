import { AV_LOG_ERROR, AV_OPT_SEARCH_CHILDREN, AV_OPT_TYPE_STRING } from 'node-av/constants'
import { type CodecContext, FFmpegError, type FilterContext, Log } from 'node-av/lib'

// libav writes its log to the standard error stream, which the main process reads.
Log.setLevel(AV_LOG_ERROR)

/**
 * The result of a libav call.
 * @throws {Error} saying what failed, when the code is negative (libavutil/error.h).
 */
export function check(code: number, what: string): number {
  if (code < 0) throw new Error(`${what}: ${new FFmpegError(code).message}`)
  return code
}

/**
 * Sets options of a codec or a filter, its private ones included, by their names. Needed before it is opened: a Dictionary
 * given to `open2Sync` is freed twice.
 */
export function setOptions(context: CodecContext | FilterContext, options: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(options)) {
    check(context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN), `option ${name}=${value}`)
  }
}
