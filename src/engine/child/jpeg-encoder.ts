import type { Frame } from 'node-av/lib'
import { LibavJpegEncoder } from './libav-jpeg-encoder.ts'
import { loadTurboJpeg, TurboJpegEncoder } from './turbo-jpeg-encoder.ts'

export interface JpegSettings {
  /** Size in pixels. */
  readonly width: number
  readonly height: number
  /** 1–100, as users of libjpeg know it. */
  readonly quality: number
}

/** Codes pictures of one size and quality as JPEG files. */
export interface JpegEncoder {
  /** The JPEG file's bytes, the caller's to keep. The frame holds full-range BT.601 in yuv420p. */
  encode(frame: Frame): Buffer
  close(): void
}

/** Opens the fastest encoder that this machine has. */
export function openJpegEncoder(settings: JpegSettings): JpegEncoder {
  return turboJpeg ? new TurboJpegEncoder(turboJpeg, settings) : new LibavJpegEncoder(settings)
}

const turboJpeg = loadTurboJpeg()
