import {
  AV_BUFFERSRC_FLAG_KEEP_REF,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV420P10LE,
  AV_PIX_FMT_YUV422P,
  AV_PIX_FMT_YUV422P10LE,
  AV_PIX_FMT_YUV444P,
  AV_PIX_FMT_YUV444P10LE,
} from 'node-av/constants'
import { Frame } from 'node-av/lib'
import { croppedArea, isSideways, type PictureTransform, type PixelArea } from '../../media/picture-transform.ts'
import type { FilterSpec } from '../filter-spec.ts'
import { FilterChain } from './filter-chain.ts'
import type { FrameColour } from './frame-colour.ts'
import { check } from './libav.ts'

/** What a picture is to become. */
export interface ConversionTarget {
  /** Size in pixels, after the transform. */
  readonly width: number
  readonly height: number
  readonly transform?: PictureTransform | undefined
}

/**
 * Turns frames of one size, format and colour into what a JPEG of one size holds: full-range BT.601, 4:2:0, 8 bits
 * (JFIF 1.02). Frames that are that already pass untouched.
 */
export class PictureConverter {
  readonly #chain: FilterChain | undefined
  readonly #converted = new Frame()

  /** `frame` shows what is to come; nothing of it is kept. */
  constructor(frame: Frame, colour: FrameColour, target: ConversionTarget) {
    const filters = conversion(frame, colour, target)
    const input: FilterSpec = {
      filter: 'buffer',
      options: {
        video_size: `${frame.width}x${frame.height}`,
        pix_fmt: `${frame.format}`,
        time_base: '1/90000',
        pixel_aspect: '1/1',
        colorspace: colour.matrix,
        range: colour.fullRange ? 'pc' : 'tv',
      },
    }
    this.#chain = filters.length === 0 ? undefined : new FilterChain([input, ...filters])
    this.#converted.alloc()
  }

  /** The converted picture: a view that lasts until `release()`. */
  convert(frame: Frame): Frame {
    if (this.#chain === undefined) check(this.#converted.ref(frame), 'a reference to the frame')
    else {
      check(this.#chain.first.buffersrcAddFrameSync(frame, AV_BUFFERSRC_FLAG_KEEP_REF), 'giving a frame to the filters')
      check(this.#chain.last.buffersinkGetFrameSync(this.#converted), 'taking a picture from the filters')
    }
    return this.#converted
  }

  release(): void {
    this.#converted.unref()
  }

  close(): void {
    this.#converted.free()
    this.#chain?.close()
  }
}

/**
 * The cheapest filters that do it right, as `npm run bench -- colour-conversion` measures: zscale is the fastest at size and
 * range, and does both at once; for another matrix colorspace with `fast` is. swscale is slower at everything.
 */
function conversion(frame: Frame, colour: FrameColour, { width, height, transform }: ConversionTarget): FilterSpec[] {
  const area = croppedArea({ width: frame.width, height: frame.height }, transform?.crop)
  const upright = isSideways(transform) ? { width: height, height: width } : { width, height }
  return [...cropping(frame, area), ...scaling(frame, colour, area, upright), ...turning(transform)]
}

function cropping(frame: Frame, { left, top, width, height }: PixelArea): FilterSpec[] {
  if (width === frame.width && height === frame.height) return []
  return [{ filter: 'crop', options: { w: `${width}`, h: `${height}`, x: `${left}`, y: `${top}`, exact: '1' } }]
}

function scaling(frame: Frame, colour: FrameColour, area: PixelArea, size: { width: number; height: number }): FilterSpec[] {
  const isSameSize = area.width === size.width && area.height === size.height
  if (!ZIMG_FORMATS.has(frame.format) || colour.matrix === 'gbr') return [swscale(size)]
  const isJpegMatrix = colour.matrix === 'bt470bg'
  const filters: FilterSpec[] = []
  if (!isSameSize || frame.format !== AV_PIX_FMT_YUV420P || (isJpegMatrix && !colour.fullRange)) {
    filters.push(zscale(size, colour), { filter: 'format', options: { pix_fmts: 'yuv420p' } })
  }
  if (!isJpegMatrix) filters.push(toJpegColour(colour))
  return filters
}

/** It leaves the range to what changes the matrix. */
function zscale({ width, height }: { width: number; height: number }, { fullRange, matrix }: FrameColour): FilterSpec {
  const rangein = fullRange ? 'full' : 'limited'
  const range = matrix === 'bt470bg' ? 'full' : rangein
  return { filter: 'zscale', options: { width: `${width}`, height: `${height}`, filter: 'bilinear', rangein, range } }
}

/** vflip leaves pixels where they are and tells lines from the bottom up, which encoders cannot read: one that copies must follow. */
function turning(transform: PictureTransform | undefined): FilterSpec[] {
  const filters: FilterSpec[] = []
  if (transform?.rotate === 90) filters.push({ filter: 'transpose', options: { dir: 'clock' } })
  if (transform?.rotate === 270) filters.push({ filter: 'transpose', options: { dir: 'cclock' } })
  if (transform?.rotate === 180) filters.push(VFLIP, { filter: 'hflip', options: {} })
  if (transform?.flip === 'horizontal') filters.push({ filter: 'hflip', options: {} })
  if (transform?.flip === 'vertical') filters.push(VFLIP, { filter: 'copy', options: {} })
  return filters
}

const VFLIP: FilterSpec = { filter: 'vflip', options: {} }

/** What `fast` leaves out are primaries and transfer: they are named only because the filter insists on knowing them. */
function toJpegColour(colour: FrameColour): FilterSpec {
  const irange = colour.fullRange ? 'pc' : 'tv'
  return {
    filter: 'colorspace',
    options: { all: 'bt470bg', iall: 'bt470bg', ispace: colour.matrix, irange, range: 'pc', format: 'yuv420p', fast: '1' },
  }
}

/** The slow way, for formats that the others do not take: greyscale, RGB and exotic chroma. It reads the frame's tags. */
function swscale(size: { readonly width: number; readonly height: number }): FilterSpec {
  const options = { w: `${size.width}`, h: `${size.height}`, out_color_matrix: 'bt601', out_range: 'pc', flags: 'bilinear' }
  return { filter: 'scale', options }
}

const ZIMG_FORMATS: ReadonlySet<number> = new Set<number>([
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV422P,
  AV_PIX_FMT_YUV444P,
  AV_PIX_FMT_YUV420P10LE,
  AV_PIX_FMT_YUV422P10LE,
  AV_PIX_FMT_YUV444P10LE,
])
