import type { CameraControl } from '../config/config.ts'
import { DahuaPtz } from './dahua-ptz.ts'
import { OnvifPtz } from './onvif-ptz.ts'

/** Speeds from -1 to 1: to the right, up, and nearer. */
export interface PtzSpeeds {
  readonly pan: number
  readonly tilt: number
  readonly zoom: number
}

/** A position that is stored in the camera. */
export interface PtzPreset {
  readonly id: string
  readonly name: string
}

/** The motor of a camera. Every call rejects with an `AtalayaError` that says what the camera did not do. */
export interface Ptz {
  /** Moves until `stop`, or for so long where the camera can count time itself. */
  move(speeds: PtzSpeeds, ms: number): Promise<void>
  stop(): Promise<void>
  /** To the position that the camera calls home. */
  goHome(): Promise<void>
  goToPreset(id: string): Promise<void>
  presets(): Promise<PtzPreset[]>
}

/** The motor behind a camera's web service; nothing is asked of it yet. */
export function openPtz({ protocol, url, channel }: CameraControl): Ptz {
  return protocol === 'dahua' ? new DahuaPtz(url, channel) : new OnvifPtz(url, channel)
}
