import type { CameraStatus, StreamStatus } from '../api/camera-status.ts'
import type { CameraConfig, SourceConfig } from '../config/config.ts'
import { shownSource } from '../config/shown-source.ts'
import { now, toEpochMicros } from '../media/time.ts'
import type { CameraStream } from './camera-stream.ts'

/** What there is to tell of a camera. */
export interface CameraFacts {
  readonly config: CameraConfig
  readonly main: CameraStream
  readonly sub: CameraStream | undefined
  readonly isHeld: boolean
  readonly viewers: number
}

/** Tells the state of a camera in the words of the API. It holds no password. */
export function describeCamera({ config, main, sub, isHeld, viewers }: CameraFacts): CameraStatus {
  const { id, name, ip, connect } = config
  const mainStatus = describeStream('main', main, config.source)
  const streams = sub && config.sub ? [mainStatus, describeStream('sub', sub, config.sub)] : [mainStatus]
  const { state, url, fps, width, height, codec, audio } = mainStatus
  return {
    id,
    name,
    active: state === 'live',
    state,
    reason: state === 'stopped' ? (isHeld ? 'on-hold' : 'on-demand') : mainStatus.reason,
    condition: state === 'live' ? main.condition : null,
    since: new Date(toEpochMicros(main.since) / 1000).toISOString(),
    ip: ip ?? null,
    url,
    connect,
    viewers,
    fps,
    width,
    height,
    codec,
    audio,
    lastPictureAge: main.newest.packet ? toSeconds(now() - main.newest.packet.capturedAt) : null,
    reconnects: main.reconnects + (sub?.reconnects ?? 0),
    lastError: main.failure?.message ?? null,
    retryIn: main.retryAt === undefined ? null : toSeconds(main.retryAt - now()),
    renditions: [...main.renditions, ...(sub?.renditions ?? [])],
    skippedPackets: main.skipped + (sub?.skipped ?? 0),
    streams,
    ptz: config.control !== undefined,
    advice: main.hasShortGops ? [] : [SHORTER_GOPS],
  }
}

const SHORTER_GOPS = 'Set the I-frame interval of the camera to 1–2 s: pictures start late with a longer one.'

function describeStream(name: StreamStatus['name'], stream: CameraStream, source: SourceConfig): StreamStatus {
  const { state, reason, fps, track } = stream
  return {
    name,
    url: shownSource(source),
    state,
    reason: reason ?? null,
    fps: Math.round(fps * 10) / 10,
    width: track?.width ?? null,
    height: track?.height ?? null,
    codec: track?.codec ?? null,
    audio: stream.audio.track?.codec ?? null,
    transport: stream.transport ?? null,
    ...stream.losses,
  }
}

/** To the millisecond; clocks of other machines can make an age negative, which means nothing. */
function toSeconds(span: number): number {
  return Math.max(0, Math.round(span / 1000) / 1000)
}
