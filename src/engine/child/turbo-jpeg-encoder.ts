import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Frame } from 'node-av/lib'
import type { JpegEncoder, JpegSettings } from './jpeg-encoder.ts'

/** The calls of libjpeg-turbo's TurboJPEG API (turbojpeg.h, version 2) that are used here. */
export interface TurboJpeg {
  initCompress(): unknown
  bufferSize(width: number, height: number, subsampling: number): number
  compress(...values: unknown[]): number
  errorText(handle: unknown): string
  destroy(handle: unknown): number
}

/**
 * Loads libjpeg-turbo, which codes a picture in two thirds of the time of FFmpeg's encoder and whose quality is the one that people
 * know. The library comes with an optional package and is called through another one, koffi. Undefined where either is
 * missing or has no library for this machine.
 */
export function loadTurboJpeg(): TurboJpeg | undefined {
  try {
    const require = createRequire(import.meta.url)
    const folder = dirname(require.resolve('@julusian/jpeg-turbo/package.json'))
    const koffi: Koffi = require('koffi')
    const library = koffi.load(join(folder, 'prebuilds', `jpeg-turbo-${process.platform}-${process.arch}`, 'libturbojpeg.so.0'))
    return {
      initCompress: library.func('void *tjInitCompress()') as TurboJpeg['initCompress'],
      bufferSize: library.func('unsigned long tjBufSize(int, int, int)') as TurboJpeg['bufferSize'],
      compress: library.func(
        'int tjCompressFromYUVPlanes(void *, void **, int, int *, int, int, void **, _Inout_ unsigned long *, int, int)',
      ) as TurboJpeg['compress'],
      errorText: library.func('const char *tjGetErrorStr2(void *)') as TurboJpeg['errorText'],
      destroy: library.func('int tjDestroy(void *)') as TurboJpeg['destroy'],
    }
  } catch {
    return undefined // FFmpeg's encoder does the same work, only slower
  }
}

/** Codes the planes of a frame where they lie; nothing is copied but the JPEG. */
export class TurboJpegEncoder implements JpegEncoder {
  readonly #turbo: TurboJpeg
  readonly #settings: JpegSettings
  readonly #handle: unknown
  /** Large enough for any picture of this size; reused from picture to picture. */
  readonly #output: Buffer

  constructor(turbo: TurboJpeg, settings: JpegSettings) {
    this.#turbo = turbo
    this.#settings = settings
    this.#handle = turbo.initCompress()
    if (this.#handle === null) throw new Error(`libjpeg-turbo cannot begin: ${turbo.errorText(null)}`)
    this.#output = Buffer.alloc(Number(turbo.bufferSize(settings.width, settings.height, SUBSAMPLING_420)))
  }

  encode(frame: Frame): Buffer {
    const { width, height, quality } = this.#settings
    const planes = frame.data?.slice(0, 3)
    const strides = frame.linesize.slice(0, 3)
    const length = [this.#output.length]
    const output = [this.#output]
    const place = [SUBSAMPLING_420, output, length] as const
    const failed = this.#turbo.compress(this.#handle, planes, width, strides, height, ...place, quality, NO_REALLOCATION)
    if (failed) throw new Error(`libjpeg-turbo cannot code a picture: ${this.#turbo.errorText(this.#handle)}`)
    return Buffer.from(this.#output.subarray(0, Number(length[0])))
  }

  close(): void {
    this.#turbo.destroy(this.#handle)
  }
}

/** From turbojpeg.h. */
const SUBSAMPLING_420 = 2
const NO_REALLOCATION = 1024

/** The part of koffi that is used here; its own types are not installed where the package is left out. */
interface Koffi {
  load(library: string): { func(prototype: string): (...values: unknown[]) => unknown }
}
