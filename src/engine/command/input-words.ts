import { AtalayaError } from '../../api/errors.ts'
import type { InputRequest } from '../engine.ts'
import { type InputError, inputError } from '../input-failure.ts'

/** The codec of an input's video by ffmpeg's name, as ffmpeg describes the input. */
export function statedCodec(words: string): string | undefined {
  return /Stream #0:\d+.*: Video: (\w+)/.exec(words)?.[1]
}

/** The rate of an input's video. */
export function statedFps(words: string): number | undefined {
  const fps = Number(/Stream #0:\d+.*: Video: .*?, ([\d.]+) fps/.exec(words)?.[1])
  return fps > 0 ? fps : undefined
}

/** Why an input ended. Nothing of what ffmpeg says is repeated but what it says of the kind of failure: the address is among it. */
export function inputFailure(words: string, request: InputRequest): AtalayaError {
  const found = WORDS.find(([pattern]) => pattern.test(words))
  const { failure }: InputError = inputError(found?.[1] ?? UNKNOWN, found?.[2] ?? 'ffmpeg cannot open it', request)
  return new AtalayaError(failure.code, failure.message)
}

const UNKNOWN = -22

/** What ffmpeg says, the number of libav that it stands for, and the words of that. */
const WORDS: readonly (readonly [pattern: RegExp, code: number, words: string])[] = [
  [/401 Unauthorized|authorization failed/i, tag('401'), 'the login was refused'],
  [/403 Forbidden/i, tag('403'), 'access is forbidden'],
  [/404 (?:Stream )?Not Found/i, tag('404'), 'there is nothing at this address'],
  [/Connection refused/, -111, 'the connection was refused'],
  [/Connection reset/, -104, 'the connection was reset'],
  [/timed out/i, -110, 'it does not answer'],
  [/No route to host/, -113, 'there is no way to it'],
  [/Network is unreachable/, -101, 'there is no way to it'],
  [/Failed to resolve hostname/, -5, 'its name is not known'],
  [/Permission denied/, -13, 'permission denied'],
  [/Device or resource busy/, -16, 'it is in use'],
  [/No such device/, -19, 'it is gone'],
  [/No such file or directory/, -2, 'there is no such file'],
  [/Input\/output error/, -5, 'it cannot be reached'],
  [/Invalid data found/, -1, 'it is damaged or of an unknown kind'],
]

/** FFERRTAG of libavutil/error.h for an answer of HTTP or RTSP. */
function tag(status: string): number {
  const [a = 0, b = 0, c = 0] = Buffer.from(status)
  return -((0xf8 | (a << 8) | (b << 16) | (c << 24)) >>> 0)
}
