import type { CameraState } from '../api/camera-state.ts'
import type { CameraStatus } from '../api/camera-status.ts'
import { AtalayaError } from '../api/errors.ts'
import type { CameraConfig, SourceConfig } from '../config/config.ts'
import type { Engines } from '../engine/engine.ts'
import type { Picture } from '../media/picture.ts'
import type { RenditionRequest } from '../media/rendition.ts'
import { type Micros, now } from '../media/time.ts'
import type { Source } from '../sources/source.ts'
import type { Log } from '../telemetry/log.ts'
import { CameraStream, type StreamSubscription } from './camera-stream.ts'
import { completeRequest } from './choose-rendition.ts'
import { suitsSub } from './choose-stream.ts'
import { describeCamera } from './describe-camera.ts'
import type { CameraSubscription, PictureTaker, Subscription } from './picture-taker.ts'

/** What a camera is built from. */
export interface CameraParts {
  readonly openSource: (source: SourceConfig) => Source
  readonly engines: Engines
  /** Names the camera in every line. */
  readonly log: Log
  /** Told of each change of the camera's state or of its number of viewers. */
  readonly onChange?: (camera: Camera, what: 'state' | 'viewers') => void
}

/** What may be asked of pictures, and from which stream of the camera; without it the smallest that serves. */
export interface PictureRequest extends RenditionRequest {
  readonly stream?: 'main' | 'sub' | undefined
}

/** How fresh a single picture must be. */
export interface SinglePictureRequest extends PictureRequest {
  /** The oldest picture that will do; without it, the newest that exists. */
  readonly maxAge?: Micros
}

/** One configured camera and its life. Its state is that of its main stream. */
export class Camera implements AsyncDisposable {
  readonly config: CameraConfig
  readonly #log: Log
  readonly #onViewers: () => void
  readonly #main: CameraStream
  readonly #sub: CameraStream | undefined
  #isHeld = true
  #isRetired = false
  #viewers = 0

  constructor(config: CameraConfig, parts: CameraParts) {
    this.config = config
    this.#log = parts.log
    this.#onViewers = () => parts.onChange?.(this, 'viewers')
    const onState = () => parts.onChange?.(this, 'state')
    const common = {
      engines: parts.engines,
      isAlwaysConnected: config.connect === 'always',
      transform: config.transform,
      title: config.name,
      language: config.language,
      onState,
    }
    const { id, source, sub } = config
    this.#main = new CameraStream({ ...common, name: id, openSource: () => parts.openSource(source), log: parts.log })
    if (sub) {
      const log = parts.log.child({ stream: 'sub' })
      this.#sub = new CameraStream({ ...common, name: `${id}/sub`, openSource: () => parts.openSource(sub), log })
    }
  }

  get id(): string {
    return this.config.id
  }

  get state(): CameraState {
    return this.#main.state
  }

  /** Streams being watched. */
  get viewers(): number {
    return this.#viewers
  }

  /** On hold: only `start()` lifts it. */
  get isHeld(): boolean {
    return this.#isHeld
  }

  /** Lifts a hold. An `always` camera connects now, another one when somebody looks. Does nothing to a running camera. */
  start(): void {
    if (!this.#isHeld || this.#isRetired) return
    this.#isHeld = false
    for (const stream of this.#streams) stream.allow()
  }

  /** Puts the camera on hold and frees all it held: connection, decoder, viewers. Resolves when the camera's session is torn down. */
  async stop(): Promise<void> {
    if (!this.#isHeld) this.#log.info({}, 'put on hold')
    await this.#free(new AtalayaError('camera_stopped', `Camera ${this.id} is on hold.`))
  }

  /** As `stop()`, for good: nothing starts the camera again. Its viewers are told the reason. */
  async retire(reason: AtalayaError): Promise<void> {
    this.#isRetired = true
    await this.#free(reason)
  }

  /** As `retire()`, for the end of the gateway. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.retire(new AtalayaError('shutting_down'))
  }

  /** Drops the connection, or the wait for the next try, and connects at once. A camera on hold stays there. */
  reconnect(): void {
    if (this.#isHeld) return
    for (const stream of this.#streams) stream.reconnect()
  }

  /** Makes sure that a camera which should be connected is trying: lifts no hold, disturbs no working connection. */
  ensureAlive(): void {
    if (this.#isHeld) return
    for (const stream of this.#streams) if (stream.state !== 'live' && stream.state !== 'connecting') stream.reconnect()
  }

  /**
   * Subscribes a viewer to the pictures of a rendition. The connection and the decoder are started where needed.
   * @throws {AtalayaError} `camera_stopped` while the camera is on hold; `too_many_viewers`.
   */
  watch(request: PictureRequest, taker: PictureTaker): CameraSubscription {
    if (this.#viewers >= this.config.maxViewers) {
      throw new AtalayaError(
        'too_many_viewers',
        `Camera ${this.id} has ${this.#viewers} viewers already, as many as limits.viewersPerCamera allows.`,
      )
    }
    const subscription = this.#subscribe(this.#choose(request), request, taker)
    this.#countViewers(1)
    let isOpen = true
    return {
      get rendition() {
        return subscription.rendition
      },
      get sourceFps() {
        return subscription.sourceFps()
      },
      change: (other) => subscription.change(completeRequest(other, this.config)),
      close: () => {
        if (isOpen) this.#countViewers(-1)
        isOpen = false
        subscription.close()
      },
      notice: (last) => (this.config.offline === 'notice' ? subscription.notice(last) : Promise.resolve(undefined)),
    }
  }

  /**
   * One picture: the newest that exists, or one no older than `maxAge`.
   * @throws {AtalayaError} `camera_stopped`; `camera_offline`, at once where that is known; `no_picture` when the signal
   * is aborted first; an engine's error where the stream cannot be decoded.
   */
  async picture(request: SinglePictureRequest, signal: AbortSignal): Promise<Picture> {
    const stream = this.#choose(request)
    if (stream.state === 'offline') throw this.#offlineError(stream)
    const asked = now()
    const newest = stream.newest.sequence
    const { maxAge } = request
    const isFresh = (picture: Picture) =>
      maxAge === undefined ? picture.sequence >= newest : picture.capturedAt >= asked - maxAge
    let subscription: Subscription | undefined
    try {
      return await new Promise<Picture>((resolve, reject) => {
        const giveUp = () => reject(new AtalayaError('no_picture', `Camera ${this.id} gave no picture in time.`))
        if (signal.aborted) return giveUp()
        signal.addEventListener('abort', giveUp, { once: true })
        const taker: PictureTaker = {
          picture: (picture) => isFresh(picture) && resolve(picture),
          offline: () => reject(this.#offlineError(stream)),
          ended: reject,
        }
        subscription = this.#subscribe(stream, request, taker)
      })
    } finally {
      subscription?.close()
    }
  }

  status(): CameraStatus {
    return describeCamera({ config: this.config, main: this.#main, sub: this.#sub, isHeld: this.#isHeld, viewers: this.#viewers })
  }

  get #streams(): CameraStream[] {
    return this.#sub ? [this.#main, this.#sub] : [this.#main]
  }

  /** The sub stream where it suffices, unless it is down and the main one is not. */
  #choose(request: PictureRequest): CameraStream {
    if (!this.#sub || request.stream === 'main') return this.#main
    if (request.stream === 'sub') return this.#sub
    if (this.#sub.state === 'offline' && this.#main.state === 'live') return this.#main
    return suitsSub(completeRequest(request, this.config), this.#sub.track, this.config.transform) ? this.#sub : this.#main
  }

  #subscribe(stream: CameraStream, request: RenditionRequest, taker: PictureTaker): StreamSubscription {
    if (this.#isHeld) {
      throw new AtalayaError('camera_stopped', `Camera ${this.id} is on hold; a new /camera/${this.id} starts it.`)
    }
    return stream.subscribe(completeRequest(request, this.config), taker)
  }

  #countViewers(change: 1 | -1): void {
    this.#viewers += change
    this.#onViewers()
  }

  async #free(reason: AtalayaError): Promise<void> {
    this.#isHeld = true
    await Promise.all(this.#streams.map((stream) => stream.forbid(reason)))
  }

  #offlineError({ reason, failure }: CameraStream): AtalayaError {
    const why = failure ? `: ${failure.message}` : '.'
    return new AtalayaError('camera_offline', `Camera ${this.id} is offline (${reason})${why}`, { cause: failure })
  }
}
