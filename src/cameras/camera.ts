import type { CameraState, OfflineReason } from '../api/camera-state.ts'
import type { CameraStatus } from '../api/camera-status.ts'
import { AtalayaError } from '../api/errors.ts'
import type { CameraConfig } from '../config/config.ts'
import { shownAddress } from '../config/shown-address.ts'
import type { Engines } from '../engine/engine.ts'
import { RateMeter } from '../lib/rate-meter.ts'
import type { Packet, Track } from '../media/packet.ts'
import type { Picture } from '../media/picture.ts'
import type { RenditionRequest } from '../media/rendition.ts'
import { type Micros, now, toEpochMicros } from '../media/time.ts'
import type { Source } from '../sources/source.ts'
import type { Log } from '../telemetry/log.ts'
import { completeRequest } from './choose-rendition.ts'
import { Demand } from './demand.ts'
import { GopCache } from './gop-cache.ts'
import type { PictureTaker, Subscription } from './picture-taker.ts'
import { isSameStream, Renditions } from './renditions.ts'
import { Supervisor } from './supervisor.ts'

/** What a camera is built from. */
export interface CameraParts {
  readonly openSource: () => Source
  readonly engines: Engines
  /** Names the camera in every line. */
  readonly log: Log
}

/** How fresh a single picture must be. */
export interface PictureOptions extends RenditionRequest {
  /** The oldest picture that will do; without it, the newest that exists. */
  readonly maxAge?: Micros
}

/** One configured camera and its life: state, demand, hub. */
export class Camera implements AsyncDisposable {
  readonly config: CameraConfig
  readonly #log: Log
  readonly #gop = new GopCache()
  readonly #renditions: Renditions
  readonly #supervisor: Supervisor
  readonly #demand: Demand
  readonly #rate = new RateMeter()
  #isHeld = true
  #state: CameraState = 'stopped'
  #reason: OfflineReason | undefined
  #since = now()
  #sequence = 0
  #viewers = 0
  #reconnects = 0
  #lastError: AtalayaError | undefined
  #retryAt: Micros | undefined
  #track: Track | undefined
  #newest: Packet | undefined

  constructor(config: CameraConfig, parts: CameraParts) {
    this.config = config
    this.#log = parts.log
    this.#renditions = new Renditions({ camera: config.id, engines: parts.engines, gop: this.#gop, log: this.#log })
    this.#supervisor = new Supervisor(parts.openSource, {
      track: (track) => this.#onTrack(track),
      packet: (packet) => this.#onPacket(packet),
      failed: (reason, error, retryIn) => this.#onFailure(reason, error, retryIn),
    })
    this.#demand = new Demand({ wanted: () => this.#connect(), unwanted: () => this.#disconnect() })
  }

  get id(): string {
    return this.config.id
  }

  get state(): CameraState {
    return this.#state
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
    if (!this.#isHeld) return
    this.#isHeld = false
    if (this.config.connect === 'always') this.#connect()
  }

  /** Puts the camera on hold and frees all it held: connection, decoder, viewers. Resolves when the camera's session is torn down. */
  async stop(): Promise<void> {
    if (!this.#isHeld) this.#log.info({}, 'put on hold')
    await this.#free(new AtalayaError('camera_stopped', `Camera ${this.id} is on hold.`))
  }

  /** As `stop()`, for the end of the gateway. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#free(new AtalayaError('shutting_down'))
  }

  /** Drops the connection, or the wait for the next try, and connects at once. A camera on hold stays there. */
  reconnect(): void {
    if (this.#isHeld) return
    if (this.#supervisor.isRunning) this.#supervisor.reconnect()
    else this.#connect()
  }

  /** Makes sure that a camera which should be connected is trying: lifts no hold, disturbs no working connection. */
  ensureAlive(): void {
    if (this.#isHeld || this.#state === 'live' || this.#state === 'connecting') return
    this.reconnect()
  }

  /**
   * Subscribes a viewer to the pictures of a rendition. The connection and the decoder are started where needed.
   * @throws {AtalayaError} `camera_stopped` while the camera is on hold; `too_many_viewers`.
   */
  watch(request: RenditionRequest, taker: PictureTaker): Subscription {
    if (this.#viewers >= this.config.maxViewers) {
      throw new AtalayaError(
        'too_many_viewers',
        `Camera ${this.id} has ${this.#viewers} viewers already, as many as limits.viewersPerCamera allows.`,
      )
    }
    const subscription = this.#subscribe(request, taker)
    this.#viewers++
    let isOpen = true
    return {
      get rendition() {
        return subscription.rendition
      },
      close: () => {
        if (isOpen) this.#viewers--
        isOpen = false
        subscription.close()
      },
    }
  }

  /**
   * One picture: the newest that exists, or one no older than `maxAge`.
   * @throws {AtalayaError} `camera_stopped`; `camera_offline`, at once where that is known; `no_picture` when the signal
   * is aborted first; an engine's error where the stream cannot be decoded.
   */
  async picture(options: PictureOptions, signal: AbortSignal): Promise<Picture> {
    if (this.#state === 'offline') throw this.#offlineError()
    const asked = now()
    const newest = this.#sequence
    const isFresh = (picture: Picture) =>
      options.maxAge === undefined ? picture.sequence >= newest : picture.capturedAt >= asked - options.maxAge
    let subscription: Subscription | undefined
    try {
      return await new Promise<Picture>((resolve, reject) => {
        const giveUp = () => reject(new AtalayaError('no_picture', `Camera ${this.id} gave no picture in time.`))
        if (signal.aborted) return giveUp()
        signal.addEventListener('abort', giveUp, { once: true })
        const taker: PictureTaker = {
          picture: (picture) => isFresh(picture) && resolve(picture),
          offline: () => reject(this.#offlineError()),
          ended: reject,
        }
        subscription = this.#subscribe(options, taker)
      })
    } finally {
      subscription?.close()
    }
  }

  status(): CameraStatus {
    const seconds = (span: Micros) => Math.max(0, Math.round(span / 1000) / 1000)
    const instant = now()
    const { id, name, ip, source, connect } = this.config
    const fps = this.#rate.perSecond
    return {
      id,
      name,
      active: this.#state === 'live',
      state: this.#state,
      reason: this.#state === 'stopped' ? (this.#isHeld ? 'on-hold' : 'on-demand') : (this.#reason ?? null),
      condition: this.#state === 'live' ? (this.#isSlow(fps) ? 'slow' : 'ok') : null,
      since: new Date(toEpochMicros(this.#since) / 1000).toISOString(),
      ip: ip ?? null,
      url: source.kind === 'rtsp' ? shownAddress(source.url) : `test:${source.pattern}`,
      connect,
      viewers: this.#viewers,
      fps: Math.round(fps * 10) / 10,
      width: this.#track?.width ?? null,
      height: this.#track?.height ?? null,
      codec: this.#track?.codec ?? null,
      lastPictureAge: this.#newest ? seconds((instant - this.#newest.capturedAt) as Micros) : null,
      reconnects: this.#reconnects,
      lastError: this.#lastError?.message ?? null,
      retryIn: this.#state === 'offline' && this.#retryAt ? seconds((this.#retryAt - instant) as Micros) : null,
      renditions: this.#renditions.names,
      skippedPackets: this.#renditions.skipped,
      advice: this.#gop.isComplete
        ? []
        : ['Set the I-frame interval of the camera to 1–2 s: pictures start late with a longer one.'],
    }
  }

  #subscribe(request: RenditionRequest, taker: PictureTaker): Subscription {
    if (this.#isHeld)
      throw new AtalayaError('camera_stopped', `Camera ${this.id} is on hold; a new /camera/${this.id} starts it.`)
    const subscription = this.#renditions.subscribe(completeRequest(request, this.config), taker)
    const release = this.#demand.add()
    return {
      get rendition() {
        return subscription.rendition
      },
      close: () => {
        subscription.close()
        release()
      },
    }
  }

  async #free(reason: AtalayaError): Promise<void> {
    this.#isHeld = true
    this.#demand.clear()
    this.#renditions.end(reason)
    await this.#disconnect()
  }

  #connect(): void {
    if (this.#supervisor.isRunning || this.#isHeld) return
    this.#enter('connecting')
    this.#supervisor.start()
  }

  async #disconnect(): Promise<void> {
    if (!this.#isHeld && this.config.connect === 'always') return
    this.#enter('stopped')
    this.#forgetStream()
    await this.#supervisor.stop()
  }

  #onTrack(track: Track): void {
    if (this.#track && !isSameStream(this.#track, track)) this.#gop.clear()
    this.#track = track
    this.#renditions.setTrack(track)
    const { codec, width, height, fps } = track
    this.#log.info({ codec, width, height, ...(fps && { fps }) }, 'stream described')
  }

  #onPacket(packet: Packet): void {
    if (this.#state !== 'live') this.#enter('live')
    this.#rate.count()
    this.#newest = packet
    const numbered = { packet, sequence: ++this.#sequence }
    this.#gop.add(numbered)
    this.#renditions.receive(numbered)
  }

  #onFailure(reason: OfflineReason, error: AtalayaError, retryIn: Micros): void {
    if (this.#state === 'live') this.#reconnects++
    this.#lastError = error
    this.#retryAt = (now() + retryIn) as Micros
    const isNews = this.#state !== 'offline' || this.#reason !== reason
    this.#enter('offline', reason)
    this.#forgetStream()
    this.#renditions.interrupt(error)
    const fields = { reason, err: error, retryInMs: Math.round(retryIn / 1000) }
    if (isNews) this.#log.warn(fields, 'offline')
    else this.#log.debug(fields, 'still offline')
  }

  #forgetStream(): void {
    this.#gop.clear()
    this.#rate.clear()
  }

  #enter(state: CameraState, reason?: OfflineReason): void {
    this.#reason = reason
    if (this.#state === state) return
    this.#state = state
    this.#since = now()
    if (state === 'live') this.#log.info({}, 'live')
  }

  #offlineError(): AtalayaError {
    const why = this.#lastError ? `: ${this.#lastError.message}` : '.'
    return new AtalayaError('camera_offline', `Camera ${this.id} is offline (${this.#reason})${why}`, { cause: this.#lastError })
  }

  /** Far below what the stream itself promises. */
  #isSlow(fps: number): boolean {
    return this.#track?.fps !== undefined && now() - this.#since > 5e6 && fps < this.#track.fps / 2
  }
}
