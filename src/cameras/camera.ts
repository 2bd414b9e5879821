import type { CameraState } from '../api/camera-state.ts'
import type { CameraStatus } from '../api/camera-status.ts'
import { AtalayaError } from '../api/errors.ts'
import type { CameraConfig, SourceConfig } from '../config/config.ts'
import { isSameSettings } from '../config/same-settings.ts'
import type { Engines } from '../engine/engine.ts'
import type { Picture } from '../media/picture.ts'
import type { RenditionRequest } from '../media/rendition.ts'
import { type Micros, now } from '../media/time.ts'
import type { Source } from '../sources/source.ts'
import type { Log } from '../telemetry/log.ts'
import type { PacketCost } from '../telemetry/metrics.ts'
import { CameraSeat } from './camera-seat.ts'
import { CameraStream, type CameraStreamParts } from './camera-stream.ts'
import { completeRequest } from './choose-rendition.ts'
import { suitsSub } from './choose-stream.ts'
import { describeCamera } from './describe-camera.ts'
import type { CameraSubscription, PictureTaker, Subscription } from './picture-taker.ts'

/** What a camera is built from. */
export interface CameraParts {
  readonly openSource: (camera: Pick<CameraConfig, 'name' | 'source'>) => Source
  readonly engines: Engines
  /** Names the camera in every line. */
  readonly log: Log
  /** Told of each change of the camera's state or of its number of viewers. */
  readonly onChange?: (camera: Camera, what: 'state' | 'viewers') => void
  /** Told of each of the camera's packets that an engine is done with. */
  readonly onPacketDone?: (camera: Camera, cost: PacketCost) => void
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
  readonly #parts: CameraParts
  readonly #main: CameraStream
  /** Those who get pictures. */
  readonly #seats = new Set<CameraSeat>()
  #config: CameraConfig
  #sub: CameraStream | undefined
  #isHeld = true
  #isRetired = false
  #viewers = 0

  constructor(config: CameraConfig, parts: CameraParts) {
    this.#parts = parts
    this.#config = config
    this.#main = new CameraStream(this.#partsOf('main', config.source))
    if (config.sub) this.#sub = new CameraStream(this.#partsOf('sub', config.sub))
  }

  /** As it is at this moment. */
  get config(): CameraConfig {
    return this.#config
  }

  get id(): string {
    return this.#config.id
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
    if (!this.#isHeld) this.#parts.log.info({}, 'put on hold')
    await this.#free(new AtalayaError('camera_stopped', `Camera ${this.id} is on hold.`))
  }

  /**
   * Goes on with other settings under the same id. Viewers stay on their responses, a hold stays; only a stream whose own
   * settings differ is connected anew.
   * @returns whether one is, once all that is of no use any more is freed
   */
  async change(config: CameraConfig): Promise<boolean> {
    const former = this.#config
    this.#config = config
    const isMainNew = needsNewSource(former, config, 'source')
    this.#main.change(this.#partsOf('main', config.source), isMainNew)
    const leaving = config.sub ? undefined : this.#sub
    const isSubNew = this.#changeSub(former, config)
    for (const seat of this.#seats) seat.take(this.#choose(seat.request), completeRequest(seat.request, config))
    await leaving?.forbid(new AtalayaError('camera_stopped', `Camera ${this.id} has no sub stream any more.`))
    return isMainNew || isSubNew
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
    if (this.#viewers >= this.#config.maxViewers) {
      throw new AtalayaError(
        'too_many_viewers',
        `Camera ${this.id} has ${this.#viewers} viewers already, as many as limits.viewersPerCamera allows.`,
      )
    }
    const seat = this.#subscribe(this.#choose(request), request, taker)
    this.#countViewers(1)
    let isOpen = true
    return {
      get rendition() {
        return seat.rendition
      },
      get sourceFps() {
        return seat.sourceFps
      },
      change: (other) => {
        seat.request = { ...other, stream: request.stream }
        seat.take(seat.stream ?? this.#main, completeRequest(other, this.#config))
      },
      close: () => {
        if (isOpen) this.#countViewers(-1)
        isOpen = false
        seat.close()
      },
      notice: (last) => (this.#config.offline === 'notice' ? seat.notice(last) : Promise.resolve(undefined)),
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
    const known = this.#isHeld ? undefined : stream.peek(completeRequest(request, this.config))
    if (known && isFresh(known)) return known
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
    return describeCamera({
      config: this.#config,
      main: this.#main,
      sub: this.#sub,
      isHeld: this.#isHeld,
      viewers: this.#viewers,
    })
  }

  get #streams(): CameraStream[] {
    return this.#sub ? [this.#main, this.#sub] : [this.#main]
  }

  /** The sub stream where it suffices, unless it is down and the main one is not. */
  #choose(request: PictureRequest): CameraStream {
    if (!this.#sub || request.stream === 'main') return this.#main
    if (request.stream === 'sub') return this.#sub
    if (this.#sub.state === 'offline' && this.#main.state === 'live') return this.#main
    return suitsSub(completeRequest(request, this.#config), this.#sub.track, this.#config.transform) ? this.#sub : this.#main
  }

  #subscribe(stream: CameraStream, request: PictureRequest, taker: PictureTaker): CameraSeat {
    if (this.#isHeld) {
      throw new AtalayaError('camera_stopped', `Camera ${this.id} is on hold; a new /camera/${this.id} starts it.`)
    }
    const seat = new CameraSeat(request, taker, (left) => this.#seats.delete(left))
    this.#seats.add(seat)
    seat.take(stream, completeRequest(request, this.#config))
    return seat
  }

  #changeSub(former: CameraConfig, { sub }: CameraConfig): boolean {
    if (!sub) {
      this.#sub = undefined
      return false
    }
    const parts = this.#partsOf('sub', sub)
    const isNew = !this.#sub || needsNewSource(former, this.#config, 'sub')
    if (this.#sub) this.#sub.change(parts, isNew)
    else this.#sub = new CameraStream(parts)
    if (!this.#isHeld) this.#sub.allow()
    return isNew
  }

  #partsOf(stream: 'main' | 'sub', source: SourceConfig): CameraStreamParts {
    const { id, name, connect, transform, language } = this.#config
    const { engines, log, onChange, onPacketDone, openSource } = this.#parts
    return {
      name: stream === 'main' ? id : `${id}/sub`,
      openSource: () => openSource({ name, source }),
      engines,
      log: stream === 'main' ? log : log.child({ stream }),
      isAlwaysConnected: connect === 'always',
      transform,
      title: name,
      language,
      onState: () => onChange?.(this, 'state'),
      onPacketDone: (cost) => onPacketDone?.(this, cost),
    }
  }

  #countViewers(change: 1 | -1): void {
    this.#viewers += change
    this.#parts.onChange?.(this, 'viewers')
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

/** A test picture has the camera's name in it. */
function needsNewSource(former: CameraConfig, next: CameraConfig, key: 'source' | 'sub'): boolean {
  return !isSameSettings(former[key], next[key]) || (next[key]?.kind === 'test' && former.name !== next.name)
}
