import type { DiagnosisStepName } from '../../api/diagnosis.ts'
import type { ErrorCode } from '../../api/errors.ts'
import type { Obstacle } from './obstacle.ts'
import type { GopMeasure } from './stream-meter.ts'

/** What came out of opening a camera once; the form in which `atalaya check --connect --json` tells it. */
export interface CameraFindings {
  /** A JPEG could be made of what it sends. */
  readonly givesPictures: boolean
  /** Why there is no picture, or why the stream ended. */
  readonly error: { readonly code: ErrorCode; readonly message: string } | null
  /** What is in the way, more exactly than `error` says; null where nothing is. */
  readonly obstacle: Obstacle | null
  /** When each step was done, in milliseconds since the beginning; those that were not reached are absent. */
  readonly marks: Readonly<Partial<Record<DiagnosisStepName, number>>>
  /** Of the TCP connection; null where none stood, or none is needed. */
  readonly connectMs: number | null
  /** Null where it did not come to that. */
  readonly login: 'accepted' | 'refused' | 'not-asked-for' | null
  readonly codec: string | null
  readonly width: number | null
  readonly height: number | null
  /** What the stream promises. */
  readonly nominalFps: number | null
  /** What arrived. */
  readonly fps: number | null
  /** From one keyframe to the next. */
  readonly gop: GopMeasure | null
  readonly bitsPerSecond: number | null
  readonly packetsLost: number
  /** Everything that the camera describes at this address, such as its audio. */
  readonly offers: readonly StreamOffer[]
  /** How far the camera's clock is ahead of this machine's. */
  readonly clockOffsetMs: number | null
  /** From the first step of connecting to the first JPEG. */
  readonly firstPictureMs: number | null
}

export interface StreamOffer {
  /** `video`, `audio`, `application` … */
  readonly kind: string
  readonly codec: string
  readonly clockRate: number
}
