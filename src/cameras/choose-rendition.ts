import type { VideoCodec } from '../media/packet.ts'
import { type PictureTransform, transformedSize } from '../media/picture-transform.ts'
import type { Rendition, RenditionRequest } from '../media/rendition.ts'

/** How many sizes and qualities of one camera are made exactly as asked; a further one gets the nearest of those that are made. */
export const EXACT_RENDITIONS = 4
/** Pictures of one size and quality are coded once, whatever their rates; so many renditions of a camera there are at most. */
const MOST_RENDITIONS = 24

/** The camera's own wishes, for those who ask for nothing special. */
export interface RenditionDefaults extends RenditionRequest {
  readonly quality: number
  /** The quality is asked for by somebody, and not merely what is usual. */
  readonly isQualityAsked?: boolean | undefined
}

/** Fills a request with the camera's own wishes. A size asked for on one side only is not bound by a default on the other. */
export function completeRequest(request: RenditionRequest, defaults: RenditionDefaults): RenditionDefaults {
  const size = request.width === undefined && request.height === undefined ? defaults : request
  const fps = request.fps ?? defaults.fps
  return {
    ...(size.width !== undefined && { width: size.width }),
    ...(size.height !== undefined && { height: size.height }),
    ...(fps !== undefined && { fps }),
    quality: request.quality ?? defaults.quality,
    ...(request.isAdaptive && { isAdaptive: true }),
    ...(request.quality !== undefined && { isQualityAsked: true }),
  }
}

/** The exact rendition for a completed request: within the asked box, never larger than the camera's picture as it is shown, even on both sides. */
export function fitRendition(
  request: RenditionDefaults,
  source: { readonly codec?: VideoCodec; readonly width: number; readonly height: number },
  transform?: PictureTransform,
): Rendition {
  const native = transformedSize(source, transform)
  const scale = Math.min(1, (request.width ?? native.width) / native.width, (request.height ?? native.height) / native.height)
  if (source.codec === 'jpeg' && scale === 1 && !transform && !request.isQualityAsked) {
    return { ...native, ...(request.fps !== undefined && { fps: request.fps }), quality: request.quality, isNative: true }
  }
  return {
    width: toEven(native.width * scale),
    height: toEven(native.height * scale),
    ...(request.fps !== undefined && { fps: request.fps }),
    quality: request.quality,
    ...(transform && { transform }),
  }
}

/**
 * The rendition to serve: the one asked for while fewer than four other sizes and qualities are being made for the like of
 * the asker, else the nearest of all that are; size counts first, then pictures a second, then quality.
 * @param rivals those of `inUse` that count: made for viewers who ask for something exact, or for those whose pictures suit their line
 */
export function chooseRendition(wanted: Rendition, inUse: readonly Rendition[], rivals = inUse): Rendition {
  const [first, ...others] = inUse
  if (!first) return wanted
  const isCoded = inUse.some((other) => codedAs(other) === codedAs(wanted))
  const hasPlace = isCoded || new Set(rivals.map(codedAs)).size < EXACT_RENDITIONS
  if (hasPlace && inUse.length < MOST_RENDITIONS) return wanted
  return others.reduce((nearest, other) => (distance(wanted, other) < distance(wanted, nearest) ? other : nearest), first)
}

/** Names a rendition: `640x360@10 q80`, without `@…` where every picture of the camera is made, `640x360 native` for the camera's own JPEGs. Equal names, equal renditions. */
export function formatRendition({ width, height, fps, quality, isNative }: Rendition): string {
  return `${width}x${height}${fps === undefined ? '' : `@${fps}`} ${isNative ? 'native' : `q${quality}`}`
}

/** Renditions that differ in their rate only share the work. */
function codedAs(rendition: Rendition): string {
  return formatRendition({ ...rendition, fps: undefined })
}

/** Half a pixel up or down is no visible change of aspect, and 4:2:0 needs even sizes. */
function toEven(pixels: number): number {
  return Math.max(2, 2 * Math.round(pixels / 2 - 1e-9))
}

function distance(a: Rendition, b: Rendition): number {
  const size = Math.abs(Math.log2((a.width * a.height) / (b.width * b.height)))
  const rate = Math.abs(Math.log2((a.fps ?? NATIVE_FPS) / (b.fps ?? NATIVE_FPS)))
  return size * 100 + rate * 10 + Math.abs(a.quality - b.quality) / 100
}

/** What "every picture" stands for when rates are compared. */
const NATIVE_FPS = 30
