import { waitUntil } from '../../bench/waiting.ts'
import { MjpegReader } from '../e2e/mjpeg-reader.ts'

/** A viewer of one camera that notes when live pictures came; it keeps no picture but the last. */
export class WatchedStream implements Disposable {
  /** Numbers of distinct pictures of the camera itself, notices left out. */
  distinct = 0
  /** Numbers that were left out between two pictures of an unbroken connection. */
  missed = 0
  notices = 0
  /** The longest time between two new pictures, in seconds. */
  widestGap = 0
  newest: { readonly sequence: number; readonly data: Buffer; readonly at: number } | undefined
  /** Seconds that pictures were under way, of the latest 4096. */
  readonly delays: number[] = []
  readonly #reader: MjpegReader

  constructor(url: string) {
    this.#reader = new MjpegReader(url, {
      keep: false,
      onPicture: ({ sequence, isNotice, data, at, timestamp }) => {
        if (isNotice) this.notices++
        else if (sequence !== this.newest?.sequence) this.#onNew({ sequence, data, at }, timestamp)
      },
    })
  }

  get isClosed(): boolean {
    return this.#reader.isClosed
  }

  get status(): number {
    return this.#reader.status
  }

  /** What of the stream was not as it must be. */
  get failure(): Error | undefined {
    return this.#reader.failure
  }

  /** Forgets what was counted. */
  reset(): void {
    this.distinct = 0
    this.missed = 0
    this.notices = 0
    this.widestGap = 0
    this.delays.length = 0
  }

  /** Seconds from now until the next new picture of the camera. */
  async nextPicture(limitSeconds: number): Promise<number> {
    const known = this.newest?.sequence
    const began = performance.timeOrigin + performance.now()
    await waitUntil('a new picture', () => this.newest !== undefined && this.newest.sequence !== known, limitSeconds)
    return Math.max(0, ((this.newest?.at ?? began) - began) / 1000)
  }

  /** Waits until so many more pictures have come, which takes out what was still under way. */
  async morePictures(count: number, limitSeconds: number): Promise<void> {
    const wanted = this.distinct + count
    await waitUntil(`${count} pictures`, () => this.distinct >= wanted, limitSeconds)
  }

  [Symbol.dispose](): void {
    this.#reader.close()
  }

  #onNew(picture: { sequence: number; data: Buffer; at: number }, timestamp: number): void {
    if (this.newest) {
      this.missed += Math.max(0, picture.sequence - this.newest.sequence - 1)
      this.widestGap = Math.max(this.widestGap, (picture.at - this.newest.at) / 1000)
    }
    this.distinct++
    this.newest = picture
    this.delays.push(picture.at / 1000 - timestamp)
    if (this.delays.length > MAX_DELAYS) this.delays.shift()
  }
}

const MAX_DELAYS = 4096
