import type { CameraCondition, CameraState, OfflineReason } from './camera-state.ts'

/** What `/status` and `/api/cameras` say of one camera. */
export interface CameraStatus {
  readonly id: string
  readonly name: string
  /** True while live pictures come in. */
  readonly active: boolean
  readonly state: CameraState
  /** Why the camera is offline or stopped; `null` while it connects or is live. */
  readonly reason: OfflineReason | 'on-hold' | 'on-demand' | null
  /** What can be said of the pictures of a live camera; `null` otherwise. */
  readonly condition: CameraCondition | null
  /** Since when the state holds: ISO 8601. */
  readonly since: string
  /** The camera's host; `null` for generated pictures. */
  readonly ip: string | null
  /** The camera's address without its credentials. */
  readonly url: string
  readonly connect: 'always' | 'on-demand'
  /** Streams being watched; snapshots do not count. */
  readonly viewers: number
  /** Pictures a second that arrive, measured over the last seconds. */
  readonly fps: number
  /** Size of the camera's own pictures in pixels. */
  readonly width: number | null
  readonly height: number | null
  readonly codec: string | null
  /** The codec of the audio that comes beside the pictures; `null` without any. */
  readonly audio: string | null
  /** Seconds since the newest picture was taken. */
  readonly lastPictureAge: number | null
  /** Connections lost since the program started. */
  readonly reconnects: number
  /** What the last failure said; kept until the next one. */
  readonly lastError: string | null
  /** Seconds until the next try, while offline. */
  readonly retryIn: number | null
  /** The renditions being made, such as `640x360@10 q80`. */
  readonly renditions: readonly string[]
  /** Packets that the engine was too slow for. */
  readonly skippedPackets: number
  /** The camera's streams, the main one first. */
  readonly streams: readonly StreamStatus[]
  /** The camera has a motor that the gateway knows to move. */
  readonly ptz: boolean
  /** What the owner could change at the camera to be served better. */
  readonly advice: readonly string[]
}

/** One stream of a camera. */
export interface StreamStatus {
  readonly name: 'main' | 'sub'
  /** Its address without its credentials. */
  readonly url: string
  readonly state: CameraState
  readonly reason: OfflineReason | null
  readonly fps: number
  readonly width: number | null
  readonly height: number | null
  readonly codec: string | null
  readonly audio: string | null
  /** How RTSP video travels; `null` for other sources and before the first picture. */
  readonly transport: 'tcp' | 'udp' | 'http' | null
  /** Packets that got lost on the way from the camera, and the pictures left out for that, since the program started. */
  readonly lostPackets: number
  readonly lostPictures: number
}
