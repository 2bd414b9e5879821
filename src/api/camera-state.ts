import { AtalayaError, type ErrorCode } from './errors.ts'

/** The life of a camera as the API tells it. */
export type CameraState = 'stopped' | 'connecting' | 'live' | 'offline'

/** What is wrong with the pictures of a live camera, for a person to look at; none of it ends the connection. */
export const CAMERA_CONDITIONS = ['ok', 'black', 'frozen', 'slow'] as const

export type CameraCondition = (typeof CAMERA_CONDITIONS)[number]

/** Every reason for a camera to be offline: a closed list. */
export const OFFLINE_REASONS = [
  'refused',
  'unreachable',
  'unplugged',
  'stalled',
  'closed',
  'auth-failed',
  'busy',
  'stream-not-found',
  'untrusted',
  'unsupported',
  'protocol-error',
  'quarantined',
  'engine-unavailable',
  'internal-error',
] as const

/** Why a camera is offline. */
export type OfflineReason = (typeof OFFLINE_REASONS)[number]

/** The reason that a failed connection leaves behind. */
export function offlineReason(error: unknown): OfflineReason {
  if (!(error instanceof AtalayaError)) return 'internal-error'
  return REASON_OF_CODE[error.code] ?? 'internal-error'
}

const REASON_OF_CODE: Partial<Record<ErrorCode, OfflineReason>> = {
  refused: 'refused',
  unreachable: 'unreachable',
  unplugged: 'unplugged',
  stalled: 'stalled',
  closed: 'closed',
  auth_failed: 'auth-failed',
  busy: 'busy',
  stream_not_found: 'stream-not-found',
  untrusted: 'untrusted',
  unsupported: 'unsupported',
  protocol_error: 'protocol-error',
  quarantined: 'quarantined',
  engine_unavailable: 'engine-unavailable',
}
