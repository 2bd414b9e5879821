import type { CameraStatus } from './camera-status.ts'

/** What `/api/cameras/{id}` says of one camera. */
export interface CameraDetail extends CameraStatus {
  /** `file`: it stands in the configuration and cannot be changed here. `local`: it was added by the API. */
  readonly source: 'file' | 'local'
  /** False: the camera ends with the program, for there is no configuration file beside which it could be kept. */
  readonly persisted: boolean
  /** The gateway knows a password of this camera. It never tells it. */
  readonly hasPassword: boolean
  /** What was asked for, without secrets, in the form that `PUT` takes; `null` for a camera of the configuration. */
  readonly settings: Readonly<Record<string, unknown>> | null
}
