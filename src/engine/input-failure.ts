import type { ErrorCode } from '../api/errors.ts'
import type { InputRequest } from './engine.ts'
import type { Failure } from './protocol.ts'

/** Why an input cannot be read, in the words of a camera. */
export class InputError extends Error {
  readonly failure: Failure

  constructor(code: ErrorCode, message: string) {
    super(message)
    this.failure = { code, message }
  }
}

/** What a negative result of libav, and what it is in words, mean for whoever wrote the address (errno.h, libavutil/error.h). */
export function inputError(code: number, words: string, { kind, name }: InputRequest): InputError {
  if (kind === 'device') return deviceError(-code, name, words)
  if (kind !== 'stream') return fileError(-code, name, words)
  return new InputError(STREAM_CODES.get(code) ?? 'protocol_error', `${name} cannot be read: ${words}.`)
}

function deviceError(errno: number, name: string, words: string): InputError {
  if (errno === EACCES || errno === EPERM) {
    const advice = 'add the user that runs Atalaya to the group video (sudo usermod -aG video USER) and log in anew'
    return new InputError('refused', `The USB camera ${name} may not be opened: ${advice}.`)
  }
  if (errno === EBUSY) return new InputError('busy', `Another program uses the USB camera ${name}: end it.`)
  if (GONE.has(errno)) return new InputError('unplugged', `The USB camera ${name} is unplugged: plug it in again.`)
  return new InputError(
    'unsupported',
    `The USB camera ${name} cannot be read: ${words}. Try another format, size or rate under capture:.`,
  )
}

function fileError(errno: number, name: string, words: string): InputError {
  if (errno === ENOENT) return new InputError('stream_not_found', `There is no ${name}: correct the path.`)
  if (errno === EACCES) return new InputError('refused', `${name} may not be read: give the user that runs Atalaya the right to.`)
  return new InputError('unsupported', `${name} is no video that can be read: ${words}.`)
}

const [EPERM, ENOENT, EIO, ENXIO, EACCES, EBUSY, ENODEV] = [1, 2, 5, 6, 13, 16, 19]
const GONE: ReadonlySet<number> = new Set([ENOENT, EIO, ENXIO, ENODEV])

/** FFERRTAG of libavutil/error.h. */
function tag(first: number, rest: string): number {
  const [b = 0, c = 0, d = 0] = Buffer.from(rest)
  return -((first | (b << 8) | (c << 16) | (d << 24)) >>> 0)
}

const STREAM_CODES: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [tag(0xf8, '401'), 'auth_failed'],
  [tag(0xf8, '403'), 'auth_failed'],
  [tag(0xf8, '404'), 'stream_not_found'],
  [tag(0x45, 'OF '), 'closed'],
  [-111, 'refused'],
  [-104, 'closed'],
  [-110, 'unreachable'],
  [-113, 'unreachable'],
  [-101, 'unreachable'],
  [-EIO, 'unreachable'],
])
