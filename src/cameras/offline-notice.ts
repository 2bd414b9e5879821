import type { Engines } from '../engine/engine.ts'
import type { Picture } from '../media/picture.ts'
import { type Micros, now, toEpochMicros } from '../media/time.ts'
import type { Log } from '../telemetry/log.ts'

/** What notices are made with. */
export interface OfflineNoticeParts {
  /** The camera's, for people. */
  readonly name: string
  readonly engines: Engines
  /** Absent: both. */
  readonly language: 'en' | 'es' | undefined
  readonly log: Log
}

/** Size in pixels and quality of a notice. */
export interface NoticeSize {
  readonly width: number
  readonly height: number
  /** 1–100, as users of libjpeg know it. */
  readonly quality: number
}

/**
 * What viewers of a stream see while it is offline: the last picture, dimmed, with the camera's name and since when there is
 * no signal. Drawn once for each size and outage, and shared by all.
 */
export class OfflineNotice {
  #parts: OfflineNoticeParts
  readonly #drawn = new Map<string, Promise<Picture | undefined>>()
  #since: Micros | undefined

  constructor(parts: OfflineNoticeParts) {
    this.#parts = parts
  }

  /** The camera is called something else, or spoken of in another language, from the next notice on. */
  reword(words: Pick<OfflineNoticeParts, 'name' | 'language'>): void {
    this.#parts = { ...this.#parts, ...words }
    this.#drawn.clear()
  }

  /** An outage has begun; one that goes on goes on. */
  begin(since: Micros): void {
    this.#since ??= since
  }

  end(): void {
    this.#since = undefined
    this.#drawn.clear()
  }

  /**
   * The notice in the size of the last picture, or in the size that is asked for where there is none. Undefined when there is no outage,
   * it has ended meanwhile, or nothing can be drawn here.
   */
  async picture(asked: NoticeSize, last: Picture | undefined): Promise<Picture | undefined> {
    const since = this.#since
    if (since === undefined) return undefined
    const { width, height } = last ?? asked
    const key = `${width}x${height} q${asked.quality}${last ? ' on a picture' : ''}`
    const known = this.#drawn.get(key)
    const drawing = known ?? this.#draw({ width, height, quality: asked.quality }, last, since)
    if (!known && this.#drawn.size < MAX_KEPT) this.#drawn.set(key, drawing)
    const picture = await drawing
    return this.#since === since ? picture : undefined
  }

  async #draw(size: NoticeSize, last: Picture | undefined, since: Micros): Promise<Picture | undefined> {
    const { name, engines, language, log } = this.#parts
    const lines = [name, ...noticeLines(since, language)]
    try {
      const data = await engines.drawNotice({ ...size, lines, ground: last?.data })
      const { sequence, capturedAt } = last ?? { sequence: 0, capturedAt: now() }
      return { data, width: size.width, height: size.height, sequence, capturedAt, isNotice: true }
    } catch (error) {
      log.debug({ err: error }, 'no notice can be drawn: viewers keep the last picture')
      return undefined
    }
  }
}

/** More sizes than anyone has on one camera; what comes after them is drawn anew for each who asks. */
const MAX_KEPT = 16

/** By the clock on the wall, where the gateway is. */
function noticeLines(since: Micros, language: 'en' | 'es' | undefined): string[] {
  const date = new Date(toEpochMicros(since) / 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  const english = `No signal since ${time}`
  const spanish = `Sin señal desde ${time}`
  return [...(language === 'es' ? [spanish] : language === 'en' ? [english] : [english, spanish]), day]
}
