/** What deliveries count. Cameras are named by id; viewers never are, for there is no end of them. */
export interface DeliveryMetrics {
  /** A picture was handed to a viewer's socket so many seconds after it was taken. */
  pictureSent(camera: string, age: number): void
  /** A viewer was left without a picture. */
  pictureSkipped(camera: string, reason: SkipReason): void
  /** A viewer left. */
  viewerLeft(camera: string, reason: LeaveReason): void
}

/**
 * Why a viewer is left without a picture: `busy`, it had not taken the one before when a newer one came; `line`, with
 * `quality=auto` its line does not bear more pictures a second.
 */
export type SkipReason = 'busy' | 'line'

/** Why a viewer left: by itself, because it took nothing for too long, or because the camera's pictures ended. */
export type LeaveReason = 'client' | 'slow' | 'ended'

/** What one packet of a camera cost its engine. Times are seconds. */
export interface PacketCost {
  readonly decoding: number
  /** Scaling, converting and coding its pictures, all renditions together; 0 where none was due. */
  readonly making: number
  /** JPEGs made. */
  readonly jpegs: number
  /** No picture was made of it although some were due, because the engine fell behind. */
  readonly isLate: boolean
}
