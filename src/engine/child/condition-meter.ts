import {
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV422P,
  AV_PIX_FMT_YUV444P,
  AV_PIX_FMT_YUVJ420P,
  AV_PIX_FMT_YUVJ422P,
} from 'node-av/constants'
import type { Frame } from 'node-av/lib'
import type { PictureCondition } from '../../media/picture-condition.ts'
import { type Micros, millis } from '../../media/time.ts'

/** Looks at a decoded picture now and then, and says what a person would: it is black, or it no longer moves. */
export class ConditionMeter {
  #condition: PictureCondition = 'ok'
  #lookedAt = Number.NEGATIVE_INFINITY
  #darkSince: Micros | undefined
  #stillSince: Micros | undefined
  #before: Buffer = Buffer.alloc(0)

  /** The condition when it has changed by this frame, which was taken at `capturedAt`; nothing of the frame is kept. */
  look(frame: Frame, capturedAt: Micros): PictureCondition | undefined {
    if (capturedAt - this.#lookedAt < LOOK_EVERY || !EIGHT_BITS.has(frame.format)) return undefined
    this.#lookedAt = capturedAt
    const luma = sampleLuma(frame)
    const isStill = luma.equals(this.#before)
    this.#before = luma
    this.#stillSince = isStill ? (this.#stillSince ?? capturedAt) : undefined
    this.#darkSince = isDark(luma) ? (this.#darkSince ?? capturedAt) : undefined
    const condition = this.#judge(capturedAt)
    if (condition === this.#condition) return undefined
    this.#condition = condition
    return condition
  }

  /** A black picture that does not move is black. */
  #judge(at: Micros): PictureCondition {
    if (this.#darkSince !== undefined && at - this.#darkSince >= BLACK_AFTER) return 'black'
    if (this.#stillSince !== undefined && at - this.#stillSince >= FROZEN_AFTER) return 'frozen'
    return 'ok'
  }
}

const LOOK_EVERY = millis(1000)
const BLACK_AFTER = millis(3000)
/** The noise of a sensor changes every picture; one that repeats itself so long shows something that is not there. */
const FROZEN_AFTER = millis(10_000)

/** Every eighth line of the luma, whole: noise or a clock in a corner is not missed. */
function sampleLuma(frame: Frame): Buffer {
  const plane = frame.data?.[0]
  const stride = frame.linesize[0] ?? 0
  if (!plane || stride <= 0) return Buffer.alloc(0)
  const lines = Math.ceil(frame.height / 8)
  const luma = Buffer.allocUnsafe(lines * frame.width)
  for (let line = 0; line < lines; line++)
    plane.copy(luma, line * frame.width, line * 8 * stride, line * 8 * stride + frame.width)
  return luma
}

/** 98 of 100 samples are as dark as black is in limited range, with some room for noise. */
function isDark(luma: Buffer): boolean {
  const step = 7
  let bright = 0
  for (let at = 0; at < luma.length; at += step) if ((luma[at] ?? 0) > DARK) bright++
  return luma.length > 0 && bright <= (luma.length / step) * 0.02
}

const DARK = 32

const EIGHT_BITS: ReadonlySet<number> = new Set<number>([
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV422P,
  AV_PIX_FMT_YUV444P,
  AV_PIX_FMT_YUVJ420P,
  AV_PIX_FMT_YUVJ422P,
])
