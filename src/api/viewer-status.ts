/** What `/api/viewers` says of one viewer. */
export interface ViewerStatus {
  readonly id: string
  /** The camera that is watched. */
  readonly camera: string
  /** Since when: ISO 8601. */
  readonly since: string
  /** The IP address of the viewer. */
  readonly address: string
  /** The wire form: `browser`, `length`, `raw` or `wall`. */
  readonly mode: string
  /** The pictures it gets, such as `640x360@10 q80`, at this moment; `null` before the first. */
  readonly rendition: string | null
  /** Pictures that it has taken. */
  readonly sent: number
  /** Pictures that it was too slow for. */
  readonly skipped: number
  /** Bytes a second that the viewer's line takes, where its pictures are fitted to that (`quality=auto`) and it is known. */
  readonly drain: number | null
  /** Seconds since the last picture that it has taken was captured. */
  readonly lastPictureAge: number | null
}
