import type { DiagnosisStepName } from '../../api/diagnosis.ts'
import { AtalayaError, type ErrorCode } from '../../api/errors.ts'
import type { SourceConfig } from '../../config/config.ts'
import type { CameraUrl } from '../../lib/camera-url.ts'
import { DestinationError } from '../../lib/destinations.ts'
import { portOf } from '../../rtsp/rtsp-port.ts'

/** What can be in the way of a picture. */
export type Obstacle =
  | 'unknown_name'
  | 'not_permitted'
  | 'port_closed'
  | 'silent_host'
  | 'web_server'
  | 'other_protocol'
  | 'untrusted'
  | 'login_missing'
  | 'login_refused'
  | 'no_such_stream'
  | 'busy'
  | 'codec'
  | 'no_pictures'
  | 'no_video'
  | 'stream_ended'
  | 'undecodable'
  | 'no_engine'
  | 'other'

/** The step at which each obstacle stands. */
export const STEP_OF: Readonly<Record<Obstacle, DiagnosisStepName>> = {
  unknown_name: 'name',
  not_permitted: 'connection',
  port_closed: 'connection',
  silent_host: 'connection',
  web_server: 'protocol',
  other_protocol: 'protocol',
  untrusted: 'protocol',
  login_missing: 'login',
  login_refused: 'login',
  no_such_stream: 'stream',
  busy: 'stream',
  codec: 'codec',
  no_pictures: 'stream',
  no_video: 'keyframe',
  stream_ended: 'stream',
  undecodable: 'picture',
  no_engine: 'picture',
  other: 'stream',
}

/** Where a source is reached. */
export interface Place {
  readonly url: CameraUrl
  readonly host: string
  readonly port: number
}

/** Host and TCP port that a source is reached at; undefined for one that is not in the network, or not by TCP as SRT. */
export function placeOf(source: SourceConfig): Place | undefined {
  if (!('url' in source) || source.kind === 'libav') return undefined
  const { url } = source
  const { host, port, scheme } = url
  if (source.kind === 'rtsp') return { url, host, port: portOf(url, source.transport === 'http' ? 'http' : 'direct') }
  return { url, host, port: port ?? (scheme === 'https' ? 443 : 80) }
}

/** The failure of a camera that is not even reached, in the words of the error table. */
export function reachFailure(
  obstacle: 'unknown_name' | 'port_closed' | 'silent_host',
  { host, port }: Pick<Place, 'host' | 'port'>,
): AtalayaError {
  switch (obstacle) {
    case 'unknown_name':
      return new AtalayaError('unreachable', `The name ${host} is not known: check how it is written.`)
    case 'port_closed':
      return new AtalayaError('refused', `Nothing answers at port ${port} of ${host}: check the port, and that its stream is on.`)
    case 'silent_host':
      return new AtalayaError('unreachable', `${host} does not answer: check the address, its power and its network.`)
  }
}

/** What an error of a camera that was reached means. */
export function obstacleOf(
  error: AtalayaError,
  source: SourceConfig,
  marks: Readonly<Partial<Record<DiagnosisStepName, number>>>,
): Obstacle {
  if (error instanceof DestinationError) return 'not_permitted'
  if (error.code === 'auth_failed') return 'url' in source && source.url.credentials ? 'login_refused' : 'login_missing'
  if (source.kind === 'http' && (error.code === 'unsupported' || error.code === 'protocol_error')) return 'no_pictures'
  const known = OBSTACLES[error.code]
  if (known) return known
  if (!('url' in source) || marks.login !== undefined) return error.code === 'closed' ? 'stream_ended' : 'other'
  return 'other_protocol'
}

const OBSTACLES: Partial<Record<ErrorCode, Obstacle>> = {
  stream_not_found: 'no_such_stream',
  busy: 'busy',
  untrusted: 'untrusted',
  unsupported: 'codec',
  stalled: 'no_video',
  no_picture: 'undecodable',
  quarantined: 'undecodable',
  engine_unavailable: 'no_engine',
}
