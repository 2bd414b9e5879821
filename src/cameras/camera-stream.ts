import type { CameraCondition, CameraState, OfflineReason } from '../api/camera-state.ts'
import type { AtalayaError } from '../api/errors.ts'
import { isSameSettings } from '../config/same-settings.ts'
import type { Engines } from '../engine/engine.ts'
import { RateMeter } from '../lib/rate-meter.ts'
import type { Packet, Track } from '../media/packet.ts'
import type { Picture } from '../media/picture.ts'
import type { PictureTransform } from '../media/picture-transform.ts'
import { type Micros, now } from '../media/time.ts'
import type { Reception, Source } from '../sources/source.ts'
import type { Log } from '../telemetry/log.ts'
import type { PacketCost } from '../telemetry/metrics.ts'
import { AudioHub } from './audio-hub.ts'
import type { RenditionDefaults } from './choose-rendition.ts'
import { Demand } from './demand.ts'
import { GopCache } from './gop-cache.ts'
import { type NoticeSize, OfflineNotice } from './offline-notice.ts'
import type { CameraSubscription, PictureTaker } from './picture-taker.ts'
import type { RenditionSubscription } from './rendition-stream.ts'
import { isSameStream, Renditions } from './renditions.ts'
import { StillWatch } from './still-watch.ts'
import { Supervisor } from './supervisor.ts'

/** What a stream is built from. */
export interface CameraStreamParts {
  /** Names the stream to the engines. */
  readonly name: string
  readonly openSource: () => Source
  readonly engines: Engines
  readonly log: Log
  /** Keep the connection always, or only while somebody looks. */
  readonly isAlwaysConnected: boolean
  readonly transform: PictureTransform | undefined
  /** What people call the camera, and the language of what is written into pictures; absent: all. */
  readonly title: string
  readonly language: 'en' | 'es' | undefined
  /** Called after each change of `state` or `reason`. */
  readonly onState: () => void
  /** Called for each packet that an engine is done with. */
  readonly onPacketDone: (cost: PacketCost) => void
}

/** A taker's place at one stream of a camera. */
export interface StreamSubscription extends RenditionSubscription {
  /** Pictures a second that come in. */
  sourceFps(): number
  notice: CameraSubscription['notice']
}

/** One upstream of a camera: its connection, the packets that come in, and the pictures made of them. */
export class CameraStream {
  /** The audio that comes beside the pictures. */
  readonly audio = new AudioHub()
  #parts: CameraStreamParts
  readonly #gop = new GopCache()
  readonly #renditions: Renditions
  readonly #notice: OfflineNotice
  readonly #supervisor: Supervisor
  readonly #demand = new Demand({ wanted: () => this.#connect(), unwanted: () => this.#disconnect() })
  readonly #rate = new RateMeter()
  readonly #still = new StillWatch()
  #isAllowed = false
  #state: CameraState = 'stopped'
  #reason: OfflineReason | undefined
  #since = now()
  #sequence = 0
  #reconnects = 0
  #failure: AtalayaError | undefined
  #retryAt: Micros | undefined
  #track: Track | undefined
  #newest: Packet | undefined
  #source: Source | undefined
  #lostBefore = { lostPackets: 0, lostPictures: 0 }

  constructor(parts: CameraStreamParts) {
    this.#parts = parts
    const { name, engines, log, transform, title, language } = parts
    this.#renditions = new Renditions({
      camera: name,
      engines,
      gop: this.#gop,
      log,
      transform,
      onQuarantine: (error) => this.#supervisor.fail(error),
      onCondition: () => this.#onCondition(),
      onPacketDone: (cost) => this.#parts.onPacketDone(cost),
    })
    this.#notice = new OfflineNotice({ name: title, engines, language, log })
    this.#supervisor = new Supervisor(() => this.#openSource(), {
      track: (track) => this.#onTrack(track),
      packet: (packet) => this.#onPacket(packet),
      audio: (packet) => this.audio.receive(packet),
      failed: (reason, error, retryIn) => this.#onFailure(reason, error, retryIn),
    })
  }

  get state(): CameraState {
    return this.#state
  }

  /** Why the stream is offline. */
  get reason(): OfflineReason | undefined {
    return this.#reason
  }

  /** Since when the state holds. */
  get since(): Micros {
    return this.#since
  }

  get track(): Track | undefined {
    return this.#track
  }

  /** The newest packet, and its number. */
  get newest(): { readonly packet: Packet | undefined; readonly sequence: number } {
    return { packet: this.#newest, sequence: this.#sequence }
  }

  /** The last failure; kept until the next one. */
  get failure(): AtalayaError | undefined {
    return this.#failure
  }

  /** When the next try begins, while offline. */
  get retryAt(): Micros | undefined {
    return this.#state === 'offline' ? this.#retryAt : undefined
  }

  /** Connections lost. */
  get reconnects(): number {
    return this.#reconnects
  }

  /** Pictures a second that arrive. */
  get fps(): number {
    return this.#rate.perSecond
  }

  get renditions(): readonly string[] {
    return this.#renditions.names
  }

  /** Packets that an engine was too slow for. */
  get skipped(): number {
    return this.#renditions.skipped
  }

  /** False when groups of pictures are longer than the cache, so that pictures start late. */
  get hasShortGops(): boolean {
    return this.#gop.isComplete
  }

  /** What is wrong with what comes, as a person would see it; of coded video, black and frozen are known while somebody looks. */
  get condition(): CameraCondition {
    const seen = this.#renditions.condition
    if (seen !== 'ok') return seen
    if (this.#still.isStill) return 'frozen'
    return this.#isSlow ? 'slow' : 'ok'
  }

  /** Far below what the stream itself promises. */
  get #isSlow(): boolean {
    const promised = this.#track?.fps
    return this.#state === 'live' && promised !== undefined && now() - this.#since > SETTLED_AFTER && this.fps < promised / 2
  }

  /** How the video of the present or last connection travels. */
  get transport(): Reception['transport'] | undefined {
    return this.#source?.reception?.transport
  }

  /** What got lost on the way from the camera, all connections together. */
  get losses(): Pick<Reception, 'lostPackets' | 'lostPictures'> {
    const { lostPackets = 0, lostPictures = 0 } = this.#source?.reception ?? {}
    const before = this.#lostBefore
    return { lostPackets: before.lostPackets + lostPackets, lostPictures: before.lostPictures + lostPictures }
  }

  /** Lets the stream connect: at once, or when somebody looks. */
  allow(): void {
    if (this.#isAllowed) return
    this.#isAllowed = true
    if (this.#parts.isAlwaysConnected) this.#connect()
  }

  /** Ends every subscription for this reason and frees all that was held. Resolves when the session is torn down. */
  async forbid(reason: AtalayaError): Promise<void> {
    this.#isAllowed = false
    this.#demand.clear()
    this.#renditions.end(reason)
    await this.#disconnect()
  }

  /** Goes on with other parts, its subscribers with it; with a new source the connection is made anew. */
  change(parts: CameraStreamParts, isNewSource: boolean): void {
    const former = this.#parts
    this.#parts = parts
    this.#notice.reword({ name: parts.title, language: parts.language })
    if (isNewSource) this.#startAnew()
    if (!isSameSettings(former.transform, parts.transform)) this.#renditions.setTransform(parts.transform)
    if (parts.isAlwaysConnected) this.#connect()
    else if (former.isAlwaysConnected && this.#demand.isEmpty) void this.#disconnect()
  }

  /** Drops the connection, or the wait for the next try, and connects at once. */
  reconnect(): void {
    if (this.#supervisor.isRunning) this.#supervisor.reconnect()
    else this.#connect()
  }

  /** The newest picture of this rendition, if it was made already. */
  peek(request: RenditionDefaults): Picture | undefined {
    return this.#renditions.peek(request)
  }

  /** The taker gets the newest picture at once where there is one; the connection and the decoder are started where needed. */
  subscribe(request: RenditionDefaults, taker: PictureTaker): StreamSubscription {
    const subscription = this.#renditions.subscribe(request, taker)
    const release = this.#demand.add()
    return {
      sourceFps: () => this.fps,
      change: (other) => subscription.change(other),
      get rendition() {
        return subscription.rendition
      },
      close: () => {
        subscription.close()
        release()
      },
      notice: (last) => this.#notice.picture(noticeSize(request), last),
    }
  }

  #startAnew(): void {
    this.#forget()
    this.#renditions.startAnew()
    this.#track = undefined
    this.#newest = undefined
    this.#failure = undefined
    if (!this.#supervisor.isRunning) return
    this.#enter('connecting')
    this.#supervisor.startAnew()
  }

  #connect(): void {
    if (this.#supervisor.isRunning || !this.#isAllowed) return
    this.#enter('connecting')
    this.#supervisor.start()
  }

  async #disconnect(): Promise<void> {
    if (this.#isAllowed && this.#parts.isAlwaysConnected) return
    this.#enter('stopped')
    this.#forget()
    await this.#supervisor.stop()
  }

  #openSource(): Source {
    this.#lostBefore = this.losses
    this.#source = this.#parts.openSource()
    return this.#source
  }

  #onTrack(track: Track): void {
    if (this.#track && !isSameStream(this.#track, track)) this.#gop.clear()
    this.#track = track
    this.#renditions.setTrack(track)
    const { codec, width, height, fps } = track
    this.#parts.log.info({ codec, width, height, ...(fps && { fps }) }, 'stream described')
  }

  #onPacket(packet: Packet): void {
    if (this.#state !== 'live') this.#enter('live')
    this.#rate.count()
    this.#newest = packet
    this.#still.look(packet)
    const numbered = { packet, sequence: ++this.#sequence }
    this.#gop.add(numbered)
    this.#renditions.receive(numbered)
  }

  #onFailure(reason: OfflineReason, error: AtalayaError, retryIn: Micros): void {
    if (this.#state === 'live') this.#reconnects++
    this.#failure = error
    this.#notice.begin(this.#state === 'live' ? (this.#newest?.capturedAt ?? now()) : now())
    this.#retryAt = (now() + retryIn) as Micros
    const isNews = this.#state !== 'offline' || this.#reason !== reason
    this.#enter('offline', reason)
    this.#forget()
    this.#renditions.interrupt(error)
    const fields = { reason, err: error, retryInMs: Math.round(retryIn / 1000) }
    if (isNews) this.#parts.log.warn(fields, 'offline')
    else this.#parts.log.debug(fields, 'still offline')
  }

  #onCondition(): void {
    const { condition } = this.#renditions
    if (condition !== 'ok') this.#parts.log.warn({ condition }, 'the picture looks wrong')
    if (this.#state === 'live') this.#parts.onState()
  }

  #forget(): void {
    this.#gop.clear()
    this.#still.forget()
    this.audio.clear()
    this.#rate.clear()
  }

  #enter(state: CameraState, reason?: OfflineReason): void {
    if (this.#state === state && this.#reason === reason) return
    if (this.#state !== state) this.#since = now()
    if (state !== 'offline') this.#notice.end()
    this.#state = state
    this.#reason = reason
    if (state === 'live') this.#parts.log.info({}, 'live')
    this.#parts.onState()
  }
}

/** For one who has seen no picture yet: what is asked for, at 16:9. */
function noticeSize({ width, height, quality }: RenditionDefaults): NoticeSize {
  const wide = even(Math.min(width ?? ((height ?? 360) * 16) / 9, 1920))
  return { width: wide, height: even((wide * 9) / 16), quality }
}

function even(size: number): number {
  return Math.max(16, 2 * Math.round(size / 2))
}

/** The rate of a stream that has just begun says nothing yet. */
const SETTLED_AFTER = 5_000_000
