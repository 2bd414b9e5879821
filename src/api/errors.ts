/**
 * Every error a user can meet: its HTTP status and its default words. A code that is not here does not compile.
 * `docs/errors.md` lists the same codes; a test compares the two.
 */
export const ERRORS = {
  // asked for wrongly
  bad_parameter: { status: 400, message: 'A parameter is not valid.' },
  ambiguous_host: { status: 400, message: 'The request has more than one Host header.' },
  absolute_target: { status: 400, message: 'The request asks for a whole URL, as one asks a proxy: this is none.' },
  key_in_address: {
    status: 400,
    message: 'A key for programs belongs into the header Authorization: Bearer, never into an address.',
  },
  login_required: { status: 401, message: 'Log in first, at /login or with Authorization: Bearer and a key.' },
  bad_login: { status: 401, message: 'The name or the password is not right.' },
  bad_key: { status: 401, message: 'The key is not right, or it was taken back.' },
  access_revoked: { status: 401, message: 'The right to watch was taken back.' },
  forbidden: { status: 403, message: 'You may not do this here.' },
  bad_signature: { status: 403, message: 'The address was not signed here, or it was changed since.' },
  bad_setup_link: { status: 403, message: 'This link was used already or has expired. Print a new one with: atalaya setup' },
  link_expired: { status: 403, message: 'The address has expired; ask for a new one.' },
  forbidden_origin: { status: 403, message: 'This page may not change anything here.' },
  not_found: { status: 404, message: 'There is nothing at this address.' },
  camera_not_found: { status: 404, message: 'There is no camera with this id.' },
  viewer_not_found: { status: 404, message: 'There is no viewer with this id.' },
  method_not_allowed: { status: 405, message: 'This address does not take this method.' },
  request_timeout: { status: 408, message: 'The request did not arrive in time.' },
  camera_exists: { status: 409, message: 'There is a camera with this id already.' },
  camera_is_in_file: { status: 409, message: 'This camera is in the configuration file.' },
  too_many_cameras: { status: 409, message: 'There are as many cameras as are allowed.' },
  no_ptz: { status: 409, message: 'The camera cannot be moved from here.' },
  no_config_file: {
    status: 409,
    message: 'The gateway was started without a configuration file: there is nothing to read again.',
  },
  diagnosis_running: { status: 409, message: 'This camera is being diagnosed already.' },
  precondition_failed: { status: 412, message: 'The camera was changed in the meantime.' },
  body_too_large: { status: 413, message: 'The body is too large.' },
  unsupported_media_type: { status: 415, message: 'The body must be JSON.' },
  bad_config: { status: 422, message: 'The configuration is not valid.' },
  bad_camera: { status: 422, message: 'The settings of the camera are not valid.' },
  unknown_host: { status: 421, message: 'This gateway does not go by that name.' },
  bad_password: { status: 422, message: 'The password will not do.' },
  upgrade_required: { status: 426, message: 'This address is for WebSockets.' },
  too_many_logins: { status: 429, message: 'Too many tries to log in; wait a minute.' },
  too_many_from_address: { status: 429, message: 'This address has too many viewers already.' },
  too_many_headers: { status: 431, message: 'The request has too many headers.' },
  headers_too_large: { status: 431, message: 'The headers of the request are too large.' },
  // not possible now
  camera_stopped: { status: 503, message: 'The camera is on hold.' },
  camera_offline: { status: 503, message: 'The camera is offline.' },
  no_picture: { status: 503, message: 'The camera has given no picture yet.' },
  too_many_viewers: { status: 503, message: 'Too many viewers are watching already.' },
  out_of_descriptors: { status: 503, message: 'The gateway has hardly any file descriptors left.' },
  too_many_listeners: { status: 503, message: 'Too many programs are following the events already.' },
  too_many_changes: { status: 503, message: 'Too many changes are waiting already.' },
  viewer_closed: { status: 503, message: 'This viewer was closed by whoever runs the gateway.' },
  auth_unavailable: { status: 503, message: 'Nobody can be let in at the moment; the log says why.' },
  shutting_down: { status: 503, message: 'The gateway is shutting down.' },
  // the way to a camera: these are also the reasons of an offline camera
  refused: { status: 502, message: 'The camera refused the connection.' },
  unreachable: { status: 502, message: 'The camera does not answer.' },
  unplugged: { status: 502, message: 'The USB camera is not plugged in.' },
  stalled: { status: 502, message: 'The camera is connected but sends no video.' },
  closed: { status: 502, message: 'The camera ended the stream.' },
  auth_failed: { status: 502, message: 'The camera does not accept the user or the password.' },
  busy: { status: 502, message: 'The camera has no free session.' },
  stream_not_found: { status: 502, message: 'The camera has no stream at this address.' },
  untrusted: { status: 502, message: 'The certificate of the camera is not trusted.' },
  unsupported: { status: 502, message: 'The stream is of a kind that is not supported.' },
  protocol_error: { status: 502, message: 'The camera answered with something that is not understood.' },
  quarantined: { status: 502, message: 'The stream crashes the decoder and was set aside.' },
  engine_unavailable: { status: 503, message: 'Pictures cannot be decoded on this machine.' },
  // at start-up
  bad_source: { status: 400, message: 'The address of a camera is not valid.' },
  port_in_use: { status: 500, message: 'The port is in use.' },
  bad_certificate: { status: 500, message: 'The certificate of the gateway cannot be used.' },
  cannot_listen: { status: 500, message: 'The gateway cannot listen at this address.' },
  // keeping what was changed
  storage_full: { status: 507, message: 'There is no room left to keep the change.' },
  storage_failed: { status: 500, message: 'The change cannot be kept.' },
  // ours
  internal_error: { status: 500, message: 'Something went wrong in the gateway.' },
} as const satisfies Record<string, { status: number; message: string }>

/** What went wrong, for programs: `docs/errors.md` explains each. */
export type ErrorCode = keyof typeof ERRORS

/**
 * Any failure that is not a programmer's mistake. The message says what failed, with which value, and what to do; it
 * never holds a password.
 */
export class AtalayaError extends Error {
  /** Of every error of this kind. */
  override readonly name = 'AtalayaError'
  /** What went wrong, for programs. */
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
