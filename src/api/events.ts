import type { CameraStatus } from './camera-status.ts'
import type { ReloadedCameras, ReloadReport } from './reload.ts'

/** What `hello` says of one camera. */
export type CameraSummary = Pick<CameraStatus, 'id' | 'name' | 'state' | 'reason' | 'condition' | 'viewers'>

/** Something that happened to a camera, or to the configuration. */
export type GatewayNews =
  | ({ readonly type: 'state'; readonly camera: string } & Pick<CameraStatus, 'state' | 'reason' | 'condition'>)
  | { readonly type: 'viewers'; readonly camera: string; readonly viewers: number }
  | { readonly type: 'config'; readonly camera: string; readonly change: 'added' | 'changed' | 'removed' }
  | ({ readonly type: 'config.reloaded' } & ReloadedCameras & Pick<ReloadReport, 'settings' | 'needsRestart'>)
  | { readonly type: 'config.refused'; readonly problems: readonly string[] }

/**
 * What those who follow a gateway are told. `hello` holds the present state of all cameras: it comes first, behind what a
 * follower had missed, and after each `reset`, which says that events were lost.
 */
export type GatewayEvent = (
  | GatewayNews
  | { readonly type: 'hello'; readonly cameras: readonly CameraSummary[] }
  | { readonly type: 'reset' }
) & {
  /** Increasing, also from one start of the program to the next. */
  readonly id: number
  /** When it happened: ISO 8601. */
  readonly at: string
}
