/** What deliveries count. Cameras are named by id; viewers never are, for there is no end of them. */
export interface DeliveryMetrics {
  /** A picture was handed to a viewer's socket so many seconds after it was taken. */
  pictureSent(camera: string, age: number): void
  /** A viewer was too slow for a picture, which a newer one replaced. */
  pictureSkipped(camera: string): void
  /** A viewer left: by itself, because it took nothing for too long, or because the camera's pictures ended. */
  viewerLeft(camera: string, reason: 'client' | 'slow' | 'ended'): void
}
