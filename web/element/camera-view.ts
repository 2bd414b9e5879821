import type { OfflineReason } from '../../src/api/camera-state.ts'

/** What an element shows of its camera, in one word. */
export type ViewName =
  /** No picture yet. */
  | 'loading'
  | 'live'
  /** No pictures: `reason` says why, `since` from when on. They come back by themselves. */
  | 'offline'
  /** Somebody put the camera on hold. */
  | 'stopped'
  /** The gateway, or the browser, does not let this page in. */
  | 'forbidden'
  /** There is no such camera. */
  | 'missing'
  /** Nobody can see the element: nothing is fetched. */
  | 'paused'

/** Why there are no pictures: what is wrong with the camera, or with the way to it. */
export type ViewReason =
  | OfflineReason
  | 'gateway-unreachable'
  | 'too-many-viewers'
  | 'viewer-closed'
  | 'forbidden-origin'
  | 'login-required'
  | 'mixed-content'
  | 'no-camera'

/** What an element shows of its camera: the detail of its `state` event. */
export interface CameraView {
  readonly state: ViewName
  readonly reason: ViewReason | null
  /** Since when the camera is offline: ISO 8601. */
  readonly since: string | null
  /** What the gateway says, in its words. */
  readonly message: string | null
  /** What people call the camera; `null` while it is not known. Show it as text, never as HTML. */
  readonly name: string | null
}

/** What an element has shown lately: the detail of its `stats` event, once a second. */
export interface CameraStats {
  /** Pictures a second on the screen. */
  readonly fps: number
  /** Bits a second on the way here. */
  readonly bitrate: number
  /** Milliseconds from the camera's picture to the screen, at the last picture; `null` where it is not known. */
  readonly delay: number | null
  /** Size of the last picture in pixels. */
  readonly width: number | null
  readonly height: number | null
  /** Pictures that this page or the way to it was too slow for. */
  readonly skipped: number
  /** The pictures asked for, such as `640x360@10 q80`; `null` where it is not known. */
  readonly rendition: string | null
  /** What comes from the camera itself; `null` where it is not known. */
  readonly camera: {
    readonly fps: number
    readonly width: number | null
    readonly height: number | null
    readonly codec: string | null
    readonly viewers: number
    readonly reconnects: number
  } | null
}

/** The view of a camera of which nothing is known yet. */
export const LOADING: CameraView = { state: 'loading', reason: null, since: null, message: null, name: null }
