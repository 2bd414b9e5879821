import { AtalayaError, type ErrorCode } from '../../api/errors.ts'
import type { WallTileStats, WallWatch } from '../../api/wall.ts'
import type { Subject } from '../../auth/authorize.ts'
import type { Admission } from '../../cameras/admission.ts'
import type { PictureRequest } from '../../cameras/camera.ts'
import { checkAccess } from '../../cameras/check-access.ts'
import type { CameraSubscription, PictureTaker } from '../../cameras/picture-taker.ts'
import type { Registry } from '../../cameras/registry.ts'
import type { Viewers } from '../../cameras/viewers.ts'
import type { Picture } from '../../media/picture.ts'
import { now } from '../../media/time.ts'
import type { DeliveryMetrics, LeaveReason, SkipReason } from '../../telemetry/metrics.ts'
import { isNews, PictureFitter } from '../picture-fitter.ts'
import type { LineMeter, Shipment } from './line-meter.ts'

/** What the tiles of a connection share. */
export interface WallTileParts {
  readonly cameras: Registry
  readonly viewers: Viewers
  readonly metrics: DeliveryMetrics
  readonly admission: Admission
  /** The IP address of the page's reader, and who that is. */
  readonly address: string
  readonly subject: Subject
  /** Bytes a second that the way to the page takes, for all its tiles; undefined until that is known. */
  readonly drain: () => number | undefined
  /** A picture waits in the tile. */
  readonly onPicture: () => void
  /** The tile gets pictures from now on, or none and why. */
  readonly onWatching: (tile: WallTile) => void
  readonly onFailure: (tile: WallTile, error: AtalayaError) => void
}

/**
 * One camera on one page: a mailbox with one slot, which its connection empties while the page has acknowledged all but one of
 * the pictures it was sent. It is a viewer of its camera while it is visible. It lifts no stop.
 */
export class WallTile implements PictureTaker {
  readonly #parts: WallTileParts
  #wish: WallWatch
  #isSuspended = false
  #subscription: CameraSubscription | undefined
  #unlist: (() => void) | undefined
  #waiting: Picture | undefined
  #seen: Picture | undefined
  #failure: AtalayaError | undefined
  /** After a failure it is not tried again before this instant of `performance.now()`. */
  #retryAt = 0
  #number = 0
  #skipped = 0
  /** What is sent and not acknowledged, the oldest first. */
  readonly #inFlight: Shipment[] = []
  /** Where the pictures are to fit the line. */
  #fitter: PictureFitter | undefined
  /** When a picture was sent last, by `performance.now()`: the connection is fair. */
  lastSentAt = 0
  /** Its part of what the way to the page takes, in bytes a second; undefined until that is known. */
  share: number | undefined

  constructor(wish: WallWatch, parts: WallTileParts) {
    this.#wish = wish
    this.#parts = parts
  }

  /** The id of its camera. */
  get camera(): string {
    return this.#wish.camera
  }

  get id(): number {
    return this.#wish.tile
  }

  /** A picture may be taken: one waits, and the page has room for it. */
  get isReady(): boolean {
    return this.#waiting !== undefined && this.#inFlight.length < MOST_IN_FLIGHT
  }

  get isWatching(): boolean {
    return this.#subscription !== undefined
  }

  /** Bytes a second that it could use of the way to the page, with much room to spare. */
  get mostUse(): number {
    return ROOM * (this.#fitter?.fullBytesPerSecond ?? Number.POSITIVE_INFINITY)
  }

  get waitingBytes(): number {
    return this.#waiting?.data.length ?? 0
  }

  /** Changes what is wanted. */
  ask(wish: WallWatch): void {
    const isSame = pictureWish(wish) === pictureWish(this.#wish)
    this.#wish = wish
    if (!isSame) this.leave('client')
    this.#retryAt = 0
    this.#failure = undefined
    this.settle()
  }

  /** A page that does not answer is no viewer until it does. */
  suspend(isSuspended: boolean): void {
    this.#isSuspended = isSuspended
    if (isSuspended) this.leave('slow')
    else this.settle()
  }

  /** Something has happened to the camera: what failed may work now. */
  retry(): void {
    if (this.#failure?.code === 'viewer_closed') return
    this.#retryAt = 0
    this.#failure = undefined
    this.settle()
  }

  /** Watches where that is wanted and possible. Call it now and then: what failed is tried again. */
  settle(): void {
    const isWanted = this.#wish.visible && !this.#isSuspended
    if (!isWanted) this.leave('client')
    else if (!this.#subscription && performance.now() >= this.#retryAt) this.#watch()
  }

  /** Takes the picture that waits, to be sent over this line at once. */
  take(line: LineMeter): { picture: Picture; number: number; skipped: number } | undefined {
    const picture = this.#waiting
    if (!picture) return undefined
    this.#waiting = undefined
    this.#inFlight.push(line.send(picture.data.length))
    this.#number++
    this.lastSentAt = performance.now()
    return { picture, number: this.#number, skipped: this.#skipped }
  }

  /** The page is done with this picture and those before it. Returns what is no longer on its way. */
  acknowledge(number: number): Shipment[] {
    const pending = Math.max(0, this.#number - number)
    return this.#inFlight.splice(0, this.#inFlight.length - pending)
  }

  stats(): WallTileStats | undefined {
    if (!this.#subscription || !this.#parts.cameras.has(this.camera)) return undefined
    const { fps, width, height, codec, viewers, reconnects, lastPictureAge } = this.#parts.cameras.get(this.camera).status()
    return {
      tile: this.id,
      rendition: this.#subscription.rendition ?? null,
      sent: this.#number,
      skipped: this.#skipped,
      camera: { fps, width, height, codec, viewers, reconnects, lastPictureAge },
    }
  }

  picture(picture: Picture): void {
    if (this.#fitter && !isNews(picture, this.#seen)) return
    this.#seen = picture
    if (this.#fitter && !this.#fitter.admits(picture, this.share)) {
      this.#skip('line')
      return
    }
    if (this.#waiting) this.#skip('busy')
    this.#waiting = picture
    this.#parts.onPicture()
  }

  /** The page is told by the camera's state; pictures resume by themselves. */
  offline(): void {
    this.#waiting = undefined
  }

  ended(error: AtalayaError): void {
    this.leave('ended')
    this.#fail(error)
  }

  /** Is no viewer any more. */
  leave(reason: LeaveReason): void {
    this.#waiting = undefined
    if (!this.#subscription) return
    this.#subscription.close()
    this.#subscription = undefined
    this.#fitter = undefined
    this.#seen = undefined
    this.#unlist?.()
    this.#parts.metrics.viewerLeft(this.camera, reason)
  }

  #watch(): void {
    const { cameras, admission, viewers, address, subject } = this.#parts
    try {
      checkAccess(subject, 'watch', this.camera, cameras)
      admission.makeRoomForViewer(address)
      this.#subscription = cameras.get(this.camera).watch(pictureRequest(this.#wish), this)
    } catch (error) {
      this.#fail(error instanceof AtalayaError ? error : new AtalayaError('internal_error', undefined, { cause: error }))
      return
    }
    this.#failure = undefined
    if (this.#wish.quality === 'auto') this.#fitter = this.#fit(this.#subscription)
    this.#unlist = viewers.add({
      camera: this.camera,
      subject,
      address,
      mode: 'wall',
      describe: () => ({
        rendition: this.#subscription?.rendition ?? null,
        sent: this.#number,
        skipped: this.#skipped,
        drain: this.#describeDrain(),
        lastPictureAge: this.#seen && this.#number > 0 ? Math.round((now() - this.#seen.capturedAt) / 1000) / 1000 : null,
      }),
      close: (reason) => this.ended(reason),
    })
    this.#parts.onWatching(this)
  }

  #fit(subscription: CameraSubscription): PictureFitter {
    return new PictureFitter({
      request: pictureRequest(this.#wish),
      quality: this.#parts.cameras.get(this.camera).config.quality,
      sourceFps: () => subscription.sourceFps,
      change: (request) => {
        this.#waiting = undefined // too large, or not as good as may be
        subscription.change(request)
      },
    })
  }

  #describeDrain(): number | null {
    const drain = this.#fitter && this.#parts.drain()
    return drain === undefined ? null : Math.round(drain)
  }

  #skip(reason: SkipReason): void {
    this.#skipped++
    this.#parts.metrics.pictureSkipped(this.camera, reason)
  }

  #fail(error: AtalayaError): void {
    this.#retryAt = UNTIL_CHANGE.has(error.code) ? Number.POSITIVE_INFINITY : performance.now() + RETRY_AFTER_MS
    if (this.#failure?.code === error.code) return
    this.#failure = error
    this.#parts.onFailure(this, error)
  }
}

function pictureRequest({ width, height, fps, quality, stream }: WallWatch): PictureRequest {
  return { width, height, fps, quality: quality === 'auto' ? undefined : quality, stream }
}

function pictureWish(wish: WallWatch): string {
  const { width, height, fps, quality, stream } = wish
  return JSON.stringify([wish.camera, width, height, fps, quality, stream])
}

/** A share that is so much larger than the best pictures leaves them as they are. */
const ROOM = 2
/** One is drawn while the next is on its way. */
const MOST_IN_FLIGHT = 2
/** What only a change of the camera, or a new wish of the page, can mend. */
const UNTIL_CHANGE: ReadonlySet<ErrorCode> = new Set(['camera_stopped', 'camera_not_found', 'viewer_closed'])
const RETRY_AFTER_MS = 5000
