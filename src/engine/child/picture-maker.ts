import type { Frame } from 'node-av/lib'
import type { VideoCodec } from '../../media/packet.ts'
import type { Rendition } from '../../media/rendition.ts'
import type { Micros } from '../../media/time.ts'
import { FrameRateCap } from '../frame-rate-cap.ts'
import { type FrameColour, frameColour } from './frame-colour.ts'
import { type JpegEncoder, openJpegEncoder } from './jpeg-encoder.ts'
import { PictureConverter } from './picture-converter.ts'

/** One JPEG and the keys of all renditions that it serves. */
export interface MadePicture {
  readonly renditions: readonly number[]
  readonly width: number
  readonly height: number
  readonly data: Buffer
}

interface Wanted {
  readonly rendition: Rendition
  readonly cap: FrameRateCap
}

/**
 * Makes JPEGs of decoded frames. Renditions of one size share the scaling, those of one size and quality the encoding,
 * and a frame that no rendition takes is left alone.
 */
export class PictureMaker {
  readonly #codec: VideoCodec
  #wanted: ReadonlyMap<number, Wanted> = new Map()
  /** What the converters were built for. */
  #source = ''
  /** By size. */
  readonly #converters = new Map<string, PictureConverter>()
  /** By size and quality. */
  readonly #encoders = new Map<string, JpegEncoder>()

  constructor(codec: VideoCodec) {
    this.#codec = codec
  }

  /** Returns the keys that were not there before. */
  setRenditions(renditions: ReadonlyMap<number, Rendition>): number[] {
    const before = this.#wanted
    this.#wanted = new Map(
      [...renditions].map(([key, rendition]) => {
        const old = before.get(key)
        return [key, old !== undefined && old.rendition.fps === rendition.fps ? { rendition, cap: old.cap } : wanted(rendition)]
      }),
    )
    this.#dropUnused()
    return [...renditions.keys()].filter((key) => !before.has(key))
  }

  /**
   * Makes the pictures that are due at `pts` and hands over each when it is ready. The frame stays the caller's; its
   * colour tags are completed.
   */
  make(frame: Frame, pts: Micros, deliver: (picture: MadePicture) => void): void {
    this.#makeFor(
      [...this.#wanted].filter(([, { cap }]) => cap.takes(pts)),
      frame,
      deliver,
    )
  }

  /** As `make`, for these renditions only, whether they are due or not. */
  makeFor(keys: readonly number[], frame: Frame, deliver: (picture: MadePicture) => void): void {
    this.#makeFor(
      [...this.#wanted].filter(([key]) => keys.includes(key)),
      frame,
      deliver,
    )
  }

  #makeFor(due: readonly (readonly [number, Wanted])[], frame: Frame, deliver: (picture: MadePicture) => void): void {
    if (due.length === 0) return
    const colour = this.#prepare(frame)
    for (const [, ofSize] of groupBy(due, ([, { rendition }]) => sizeKey(rendition))) {
      const { rendition } = ofSize[0]![1]
      const { width, height } = rendition
      const converter = this.#converter(frame, colour, rendition)
      const converted = converter.convert(frame)
      try {
        for (const [, alike] of groupBy(ofSize, ([, { rendition }]) => encoderKey(rendition))) {
          const data = this.#encoder(alike[0]![1].rendition).encode(converted)
          deliver({ renditions: alike.map(([key]) => key), width, height, data })
        }
      } finally {
        converter.release()
      }
    }
  }

  close(): void {
    this.#wanted = new Map()
    this.#dropUnused()
  }

  /** Completes the frame's tags; a change of its size, format or colour means that every converter is built anew. */
  #prepare(frame: Frame): FrameColour {
    const colour = frameColour(frame, this.#codec)
    const source = `${frame.width}x${frame.height} ${frame.format} ${colour.matrix} ${colour.fullRange}`
    if (source !== this.#source) {
      this.#source = source
      free(this.#converters, () => true)
    }
    return colour
  }

  #converter(frame: Frame, colour: FrameColour, rendition: Rendition): PictureConverter {
    const key = sizeKey(rendition)
    const existing = this.#converters.get(key)
    if (existing !== undefined) return existing
    const converter = new PictureConverter(frame, colour, rendition)
    this.#converters.set(key, converter)
    return converter
  }

  #encoder(rendition: Rendition): JpegEncoder {
    const key = encoderKey(rendition)
    const existing = this.#encoders.get(key)
    if (existing !== undefined) return existing
    const encoder = openJpegEncoder(rendition)
    this.#encoders.set(key, encoder)
    return encoder
  }

  #dropUnused(): void {
    const renditions = [...this.#wanted.values()].map(({ rendition }) => rendition)
    const sizes = new Set(renditions.map(sizeKey))
    const encoders = new Set(renditions.map(encoderKey))
    free(this.#converters, (key) => !sizes.has(key))
    free(this.#encoders, (key) => !encoders.has(key))
  }
}

function wanted(rendition: Rendition): Wanted {
  return { rendition, cap: new FrameRateCap(rendition.fps) }
}

function sizeKey({ width, height, transform }: Rendition): string {
  return `${width}x${height} ${JSON.stringify(transform)}`
}

function encoderKey(rendition: Rendition): string {
  return `${sizeKey(rendition)} q${rendition.quality}`
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}

function free(parts: Map<string, { close(): void }>, isUnused: (key: string) => boolean): void {
  for (const [key, part] of parts) {
    if (!isUnused(key)) continue
    part.close()
    parts.delete(key)
  }
}
