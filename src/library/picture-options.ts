import { AtalayaError } from '../api/errors.ts'
import type { MultipartMode } from '../media/multipart.ts'

/** What may be asked of every picture. What is left out is as the camera's configuration says. */
export interface PictureSizeOptions {
  /** The picture fits into this width, 16 to 8192 pixels. Its aspect is kept and it is never enlarged. */
  readonly width?: number | undefined
  /** The picture fits into this height, 16 to 8192 pixels. */
  readonly height?: number | undefined
  /** JPEG quality, 1 to 100, as users of libjpeg know it. */
  readonly quality?: number | undefined
  /** Which of the camera's streams; without it the smallest that serves. A camera without a sub stream has the main one only. */
  readonly stream?: 'main' | 'sub' | undefined
}

/** What may be asked of a single picture. */
export interface PictureOptions extends PictureSizeOptions {
  /** The oldest picture that will do, in seconds: 0 is one taken after the call. Without it, the newest that exists. */
  readonly maxAge?: number | undefined
  /** Seconds to wait for the picture while the camera connects; 10 unless given. */
  readonly wait?: number | undefined
  /** Gives up early: the promise is rejected with `no_picture`. */
  readonly signal?: AbortSignal | undefined
}

/** What may be asked of pictures as they come. */
export interface PicturesOptions extends PictureSizeOptions {
  /** At most so many pictures a second, 0.1 to 120. */
  readonly fps?: number | undefined
  /** Ends the loop, without an error. */
  readonly signal?: AbortSignal | undefined
}

/** What may be asked of a multipart stream. */
export interface MjpegStreamOptions extends PictureSizeOptions {
  /** At most so many pictures a second, 0.1 to 120. */
  readonly fps?: number | undefined
  /**
   * How pictures are laid out: `browser` shows each at once in every browser; `length` tells programs the length, the number
   * and the time of each; `raw` is `length` without the multipart content type. Without it, what the request's `Accept` header
   * calls for, and `length` where there is no request.
   */
  readonly mode?: MultipartMode | undefined
}

/**
 * Refuses what no picture can be made by, in the words of the HTTP interface: the values often come from a query string.
 * @throws {AtalayaError} `bad_parameter`
 */
export function checkPictureOptions(options: PictureOptions & PicturesOptions & MjpegStreamOptions): void {
  for (const { name, least, most, isWhole } of NUMBERS) {
    const value = options[name]
    if (value === undefined) continue
    const isNumber = typeof value === 'number' && value >= least && value <= most
    if (!isNumber || (isWhole && !Number.isInteger(value))) {
      const kind = isWhole ? 'a whole number' : 'a number'
      throw new AtalayaError('bad_parameter', `${name} must be ${kind} from ${least} to ${most}, not ${String(value)}.`)
    }
  }
  for (const [name, words] of Object.entries(WORDS) as ['stream' | 'mode', readonly string[]][]) {
    const value = options[name]
    if (value !== undefined && !words.includes(value)) {
      throw new AtalayaError('bad_parameter', `${name} must be ${words.join(' or ')}, not ${String(value)}.`)
    }
  }
}

const NUMBERS = [
  { name: 'width', least: 16, most: 8192, isWhole: true },
  { name: 'height', least: 16, most: 8192, isWhole: true },
  { name: 'quality', least: 1, most: 100, isWhole: true },
  { name: 'fps', least: 0.1, most: 120, isWhole: false },
  { name: 'maxAge', least: 0, most: 86_400, isWhole: false },
  { name: 'wait', least: 0, most: 86_400, isWhole: false },
] as const

const WORDS = { stream: ['main', 'sub'], mode: ['browser', 'length', 'raw'] } as const
