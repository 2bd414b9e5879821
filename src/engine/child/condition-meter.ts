import {
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV422P,
  AV_PIX_FMT_YUV444P,
  AV_PIX_FMT_YUVJ420P,
  AV_PIX_FMT_YUVJ422P,
} from 'node-av/constants'
import type { Frame } from 'node-av/lib'
import type { PictureCondition } from '../../media/picture-condition.ts'
import type { Micros } from '../../media/time.ts'
import { LumaCondition } from '../luma-condition.ts'

/** Looks at decoded pictures now and then. */
export class ConditionMeter {
  readonly #condition = new LumaCondition()

  /** The condition when it has changed by this frame, which was taken at `capturedAt`; nothing of the frame is kept. */
  look(frame: Frame, capturedAt: Micros): PictureCondition | undefined {
    if (!this.#condition.isDue(capturedAt) || !EIGHT_BITS.has(frame.format)) return undefined
    return this.#condition.look(sampleLuma(frame), capturedAt)
  }
}

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

const EIGHT_BITS: ReadonlySet<number> = new Set<number>([
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV422P,
  AV_PIX_FMT_YUV444P,
  AV_PIX_FMT_YUVJ420P,
  AV_PIX_FMT_YUVJ422P,
])
