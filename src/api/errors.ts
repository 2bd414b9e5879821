/**
 * Every error a user can meet: its HTTP status and its default words. A code that is not here does not compile.
 * `docs/errors.md` lists the same codes; a test compares the two.
 */
export const ERRORS = {
  // asked for wrongly
  bad_parameter: { status: 400, message: 'A parameter is not valid.' },
  forbidden_origin: { status: 403, message: 'This page may not change anything here.' },
  not_found: { status: 404, message: 'There is nothing at this address.' },
  camera_not_found: { status: 404, message: 'There is no camera with this id.' },
  method_not_allowed: { status: 405, message: 'This address does not take this method.' },
  body_too_large: { status: 413, message: 'The body is too large.' },
  unsupported_media_type: { status: 415, message: 'The body must be JSON.' },
  // not possible now
  camera_stopped: { status: 503, message: 'The camera is on hold.' },
  camera_offline: { status: 503, message: 'The camera is offline.' },
  no_picture: { status: 503, message: 'The camera has given no picture yet.' },
  too_many_viewers: { status: 503, message: 'Too many viewers are watching already.' },
  shutting_down: { status: 503, message: 'The gateway is shutting down.' },
  // the way to a camera: these are also the reasons of an offline camera
  refused: { status: 502, message: 'The camera refused the connection.' },
  unreachable: { status: 502, message: 'The camera does not answer.' },
  stalled: { status: 502, message: 'The camera is connected but sends no video.' },
  closed: { status: 502, message: 'The camera ended the stream.' },
  auth_failed: { status: 502, message: 'The camera does not accept the user or the password.' },
  busy: { status: 502, message: 'The camera has no free session.' },
  stream_not_found: { status: 502, message: 'The camera has no stream at this address.' },
  unsupported: { status: 502, message: 'The stream is of a kind that is not supported.' },
  protocol_error: { status: 502, message: 'The camera answered with something that is not understood.' },
  quarantined: { status: 502, message: 'The stream crashes the decoder and was set aside.' },
  engine_unavailable: { status: 503, message: 'Pictures cannot be decoded on this machine.' },
  // at start-up
  bad_config: { status: 400, message: 'The configuration is not valid.' },
  bad_source: { status: 400, message: 'The address of a camera is not valid.' },
  port_in_use: { status: 500, message: 'The port is in use.' },
  cannot_listen: { status: 500, message: 'The gateway cannot listen at this address.' },
  // ours
  internal_error: { status: 500, message: 'Something went wrong in the gateway.' },
} as const satisfies Record<string, { status: number; message: string }>

export type ErrorCode = keyof typeof ERRORS

/**
 * Any failure that is not a programmer's mistake. The message says what failed, with which value, and what to do; it
 * never holds a password.
 */
export class AtalayaError extends Error {
  override readonly name = 'AtalayaError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message?: string, options?: ErrorOptions) {
    super(message ?? ERRORS[code].message, options)
    this.code = code
  }

  /** The HTTP status that answers a request which failed this way. */
  get status(): number {
    return ERRORS[this.code].status
  }
}
