import { FrameRateCap } from '../engine/frame-rate-cap.ts'
import type { Picture } from '../media/picture.ts'
import type { Rendition } from '../media/rendition.ts'
import type { RenditionDefaults } from './choose-rendition.ts'
import type { NumberedPacket } from './gop-cache.ts'
import type { PictureTaker, Subscription } from './picture-taker.ts'

/** A taker's place among the renditions of a stream. */
export interface RenditionSubscription extends Subscription {
  /** Other pictures from now on. */
  change(request: RenditionDefaults): void
}

/** One rendition being made, and those who share it. */
export class RenditionStream {
  readonly key: number
  readonly name: string
  readonly rendition: Rendition
  readonly subscribers = new Set<Subscriber>()
  readonly cap: FrameRateCap
  latest: Picture | undefined

  constructor(key: number, name: string, rendition: Rendition) {
    this.key = key
    this.name = name
    this.rendition = rendition
    this.cap = new FrameRateCap(rendition.fps)
  }

  /** Nobody asks for it exactly. */
  get isAdaptive(): boolean {
    return [...this.subscribers].every(({ request }) => request.isAdaptive)
  }

  deliver(picture: Picture): void {
    const named = { ...picture, renditionName: this.name }
    this.latest = named
    for (const { taker } of [...this.subscribers]) taker.picture(named)
  }
}

/** A packet of a JPEG camera is a picture already; each is made once, so that all viewers share it. */
export function toPicture({ packet, sequence }: NumberedPacket): Picture {
  const { width = 0, height = 0 } = packet.track
  return { data: packet.data, width, height, sequence, capturedAt: packet.capturedAt }
}

/** One who wants pictures, and where it gets them. */
export class Subscriber implements RenditionSubscription {
  request: RenditionDefaults
  readonly taker: PictureTaker
  stream: RenditionStream | undefined
  readonly #calls: SubscriberCalls

  constructor(request: RenditionDefaults, taker: PictureTaker, calls: SubscriberCalls) {
    this.request = request
    this.taker = taker
    this.#calls = calls
  }

  get rendition(): string | undefined {
    return this.stream?.name
  }

  change(request: RenditionDefaults): void {
    this.#calls.change(this, request)
  }

  close(): void {
    this.#calls.leave(this)
  }
}

interface SubscriberCalls {
  leave(self: Subscriber): void
  change(self: Subscriber, request: RenditionDefaults): void
}
