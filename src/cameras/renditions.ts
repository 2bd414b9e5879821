import { AtalayaError } from '../api/errors.ts'
import type { Decoder, Engines } from '../engine/engine.ts'
import type { Track } from '../media/packet.ts'
import type { Picture } from '../media/picture.ts'
import type { PictureCondition } from '../media/picture-condition.ts'
import type { PictureTransform } from '../media/picture-transform.ts'
import type { Rendition } from '../media/rendition.ts'
import { millis, now } from '../media/time.ts'
import type { Log } from '../telemetry/log.ts'
import type { PacketCost } from '../telemetry/metrics.ts'
import { chooseRendition, fitRendition, formatRendition, type RenditionDefaults } from './choose-rendition.ts'
import type { GopCache, NumberedPacket } from './gop-cache.ts'
import type { PictureTaker } from './picture-taker.ts'
import { RenditionStream, type RenditionSubscription, Subscriber, toPicture } from './rendition-stream.ts'

/** What the renditions of a camera are made with. */
export interface RenditionsParts {
  readonly camera: string
  readonly engines: Engines
  readonly gop: GopCache
  readonly transform: PictureTransform | undefined
  readonly log: Log
  /** The stream crashes engines: it is to be taken offline, and its viewers stay. */
  readonly onQuarantine: (error: AtalayaError) => void
  /** Called after each change of `condition`. */
  readonly onCondition: () => void
  /** Called for each packet that an engine is done with. */
  readonly onPacketDone: (cost: PacketCost) => void
}

/**
 * The pictures of one camera: decoded once, encoded once per rendition, and only while somebody looks, plus a linger so
 * that one who polls for snapshots does not start a decoder each time.
 */
export class Renditions {
  #parts: RenditionsParts
  readonly #subscribers = new Set<Subscriber>()
  readonly #streams = new Map<string, RenditionStream>()
  /** The last picture of renditions that are made no more, for the next who asks before another picture comes. */
  readonly #left = new Map<string, Picture>()
  #nextKey = 1
  #track: Track | undefined
  #decoder: Decoder | undefined
  #isOpening = false
  #awaitsKeyframe = true
  #linger: NodeJS.Timeout | undefined
  #reopen: NodeJS.Timeout | undefined
  #failedAt = Number.NEGATIVE_INFINITY
  #skipped = 0
  #condition: PictureCondition = 'ok'

  constructor(parts: RenditionsParts) {
    this.#parts = parts
  }

  /** Packets that an engine was too slow for. */
  get skipped(): number {
    return this.#skipped + (this.#decoder?.skipped ?? 0)
  }

  /** What the decoded pictures show; `ok` while none are decoded. */
  get condition(): PictureCondition {
    return this.#condition
  }

  /** The names of the renditions being made. */
  get names(): string[] {
    return [...this.#streams.keys()]
  }

  /** The newest picture of this rendition, if it was made already; who needs another subscribes. */
  peek(request: RenditionDefaults): Picture | undefined {
    const wanted = this.#fit(request)
    const name = wanted && formatRendition(wanted)
    return name === undefined ? undefined : (this.#streams.get(name)?.latest ?? this.#left.get(name))
  }

  /** The taker gets the newest picture at once where there is one. */
  subscribe(request: RenditionDefaults, taker: PictureTaker): RenditionSubscription {
    const subscriber = new Subscriber(request, taker, {
      leave: (self) => this.#leave(self),
      change: (self, other) => this.#change(self, other),
    })
    this.#subscribers.add(subscriber)
    clearTimeout(this.#linger)
    this.#place(subscriber)
    this.#tellDecoder()
    this.#openDecoder()
    return subscriber
  }

  /** The stream is described, for the first time or anew: renditions follow its size. */
  setTrack(track: Track): void {
    const isNew = !this.#track || !isSameStream(this.#track, track)
    this.#track = track
    if (isNew) this.#placeAnew()
    this.#openDecoder()
  }

  /** Pictures are turned, mirrored or cut in another way from now on. */
  setTransform(transform: PictureTransform | undefined): void {
    this.#parts = { ...this.#parts, transform }
    this.#placeAnew()
    this.#openDecoder()
  }

  /** Another camera takes the place of this one: subscribers stay, and wait for its description. */
  startAnew(): void {
    this.#track = undefined
    this.#placeAnew()
  }

  #placeAnew(): void {
    this.#closeDecoder()
    this.#streams.clear()
    this.#left.clear()
    for (const subscriber of this.#subscribers) {
      subscriber.stream = undefined
      this.#place(subscriber)
    }
  }

  /** Takes the next packet, which is in the GOP cache already. */
  receive(numbered: NumberedPacket): void {
    const { packet, sequence } = numbered
    for (const stream of this.#streams.values()) {
      if (stream.rendition.isNative && stream.cap.takes(packet.pts)) stream.deliver(toPicture(numbered))
    }
    if (!this.#decoder || (this.#awaitsKeyframe && !packet.keyframe)) return
    this.#awaitsKeyframe = false
    this.#decoder.push(packet, sequence, false)
  }

  /** The connection is lost: what comes next begins with a keyframe, and a newcomer must not see an old picture. */
  interrupt(error: AtalayaError): void {
    this.#closeDecoder()
    for (const stream of this.#streams.values()) stream.latest = undefined
    this.#left.clear()
    for (const { taker } of [...this.#subscribers]) taker.offline(error)
  }

  /** Ends every subscription and frees the engine's slot. */
  end(error: AtalayaError): void {
    clearTimeout(this.#linger)
    for (const subscriber of [...this.#subscribers]) {
      this.#leave(subscriber)
      subscriber.taker.ended(error)
    }
    clearTimeout(this.#linger)
    this.#closeDecoder()
    this.#left.clear()
    this.#track = undefined
  }

  /** Other pictures for this subscriber from now on. */
  #change(subscriber: Subscriber, request: RenditionDefaults): void {
    if (!this.#subscribers.has(subscriber)) return
    subscriber.request = request
    this.#vacate(subscriber)
    subscriber.stream = undefined
    this.#place(subscriber)
    this.#tellDecoder()
    this.#openDecoder()
  }

  #leave(subscriber: Subscriber): void {
    if (!this.#subscribers.delete(subscriber)) return
    if (this.#vacate(subscriber)) this.#tellDecoder()
    if (this.#subscribers.size === 0) this.#linger = setTimeout(() => this.#closeDecoder(), DECODER_LINGER_MS)
  }

  /** True when a rendition has lost its last subscriber: it is made no more. */
  #vacate(subscriber: Subscriber): boolean {
    const { stream } = subscriber
    stream?.subscribers.delete(subscriber)
    if (stream?.subscribers.size !== 0) return false
    if (stream.latest) this.#left.set(stream.name, stream.latest)
    const [oldest = ''] = this.#left.keys()
    if (this.#left.size > MOST_LEFT) this.#left.delete(oldest)
    return this.#streams.delete(stream.name)
  }

  /** Gives a subscriber its rendition, once the size of the camera's pictures is known. */
  #place(subscriber: Subscriber): void {
    const wanted = this.#fit(subscriber.request)
    if (!wanted) return
    const streams = [...this.#streams.values()]
    const rivals = streams.filter(({ isAdaptive }) => isAdaptive === (subscriber.request.isAdaptive === true))
    const rendition = chooseRendition(
      wanted,
      streams.map((stream) => stream.rendition),
      rivals.map((stream) => stream.rendition),
    )
    const name = formatRendition(rendition)
    const stream = this.#streams.get(name) ?? this.#openStream(name, rendition)
    this.#streams.set(name, stream)
    stream.subscribers.add(subscriber)
    subscriber.stream = stream
    if (stream.latest) subscriber.taker.picture(stream.latest)
  }

  /** Undefined until the size of the camera's pictures is known. */
  #fit(request: RenditionDefaults): Rendition | undefined {
    const { codec = 'h264', width, height } = this.#track ?? {}
    if (width === undefined || height === undefined) return undefined
    return fitRendition(request, { codec, width, height }, this.#parts.transform)
  }

  /** The camera's own pictures begin with the one that has come already. */
  #openStream(name: string, rendition: Rendition): RenditionStream {
    const stream = new RenditionStream(this.#nextKey++, name, rendition)
    const newest = this.#parts.gop.packets.at(-1)
    if (rendition.isNative && newest) stream.latest = { ...toPicture(newest), renditionName: name }
    return stream
  }

  #tellDecoder(): void {
    const made = [...this.#streams.values()].filter(({ rendition }) => !rendition.isNative)
    this.#decoder?.setRenditions(new Map(made.map(({ key, rendition }) => [key, rendition])))
  }

  #openDecoder(): void {
    const track = this.#track
    if (this.#decoder || this.#isOpening || !track || !this.#needsDecoder()) return
    this.#isOpening = true
    const output = {
      picture: (key: number, picture: Picture) => this.#deliver(key, picture),
      condition: (condition: PictureCondition) => this.#onCondition(condition),
      failed: (error: AtalayaError) => this.#onFailure(error),
      packetDone: this.#parts.onPacketDone,
    }
    this.#parts.engines.openDecoder(this.#parts.camera, track, output).then(
      (decoder) => this.#onOpen(decoder, track),
      (error: unknown) => this.#onRefusal(error),
    )
  }

  /** Somebody wants pictures that have to be made. */
  #needsDecoder(): boolean {
    return [...this.#subscribers].some(({ stream }) => !stream?.rendition.isNative)
  }

  #onOpen(decoder: Decoder, track: Track): void {
    this.#isOpening = false
    if (!this.#needsDecoder() || !this.#track || !isSameStream(this.#track, track)) {
      decoder.close()
      this.#openDecoder()
      return
    }
    this.#decoder = decoder
    this.#tellDecoder()
    this.#replay(decoder)
  }

  /** Shows a newcomer the keyframe's picture at once, then the present one; nothing is made of the packets between them. */
  #replay(decoder: Decoder): void {
    const { packets, isComplete } = this.#parts.gop
    const last = packets.length - 1
    for (const [index, { packet, sequence }] of packets.entries()) decoder.push(packet, sequence, index > 0 && index < last)
    this.#awaitsKeyframe = packets.length === 0 || !isComplete
  }

  #deliver(key: number, picture: Picture): void {
    for (const stream of this.#streams.values()) if (stream.key === key) stream.deliver(picture)
  }

  #onCondition(condition: PictureCondition): void {
    if (condition === this.#condition) return
    this.#condition = condition
    this.#parts.onCondition()
  }

  /** The engine fell: an ordinary event. Another one takes over; the pool keeps count and refuses a stream that fells them all. */
  #onFailure(error: AtalayaError): void {
    this.#parts.log.warn({ err: error }, 'the decoder failed; opening another')
    this.#forgetDecoder()
    const isRepeated = now() - this.#failedAt < REOPEN_AFTER
    this.#failedAt = now()
    if (isRepeated) this.#reopen = setTimeout(() => this.#openDecoder(), REOPEN_AFTER / 1000)
    else this.#openDecoder()
  }

  #onRefusal(error: unknown): void {
    this.#isOpening = false
    const known = error instanceof AtalayaError ? error : new AtalayaError('internal_error', undefined, { cause: error })
    if (known.code === 'quarantined') {
      this.#parts.onQuarantine(known)
      return
    }
    this.#parts.log.error({ err: known }, 'no decoder can be opened')
    for (const subscriber of [...this.#subscribers]) {
      this.#leave(subscriber)
      subscriber.taker.ended(known)
    }
  }

  #closeDecoder(): void {
    clearTimeout(this.#reopen)
    this.#decoder?.close()
    this.#forgetDecoder()
  }

  #forgetDecoder(): void {
    this.#skipped += this.#decoder?.skipped ?? 0
    this.#decoder = undefined
    this.#awaitsKeyframe = true
    this.#onCondition('ok')
  }
}

/** What one decoder can go on with. */
export function isSameStream(a: Track, b: Track): boolean {
  return a.codec === b.codec && a.width === b.width && a.height === b.height
}

/** A decoder that fails twice within this time is not opened again at once. */
const REOPEN_AFTER = millis(1000)
/** More than anybody polls. */
const MOST_LEFT = 8
/** How long a decoder outlives the last who looked. */
export const DECODER_LINGER_MS = 10_000
