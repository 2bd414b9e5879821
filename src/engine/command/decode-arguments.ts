import { croppedArea, isSideways, type PictureTransform } from '../../media/picture-transform.ts'
import type { Rendition } from '../../media/rendition.ts'
import { capEarliness } from '../frame-rate-cap.ts'
import { qscaleOf } from '../jpeg-quality.ts'
import type { FfmpegCommand } from './ffmpeg-command.ts'
import { MARK } from './timeline.ts'
import type { VideoDescription } from './video-description.ts'

/** Each kind of JPEGs that is wanted, once. */
export function pictureKinds(renditions: Iterable<Rendition>): Rendition[] {
  return groupBy([...renditions], pictureKind).flatMap(([first]) => first ?? [])
}

/** Renditions of one kind have the same pictures. */
export function pictureKind(rendition: Rendition): string {
  return `${scalingOf(rendition)} q${rendition.quality}`
}

/** The descriptor to which it writes luma, and the first to which it writes JPEGs. */
export const LUMA_FD = 3
export const FIRST_PICTURE_FD = 4

/**
 * How ffmpeg is told to decode a Matroska stream on its standard input. What it writes:
 * to its standard error, among its messages, a line for each decoded frame;
 * to `LUMA_FD` the luma by which the condition is judged, of the frames that are marked for it;
 * to `FIRST_PICTURE_FD` and on the JPEGs of each output, of the frames that are marked to be shown.
 */
export function decodeArguments(command: FfmpegCommand, video: VideoDescription, outputs: readonly Rendition[]): string[] {
  const scalings = groupByScaling(outputs)
  const graph = [
    `[0:v:0]${IN_ORDER},split=${scalings.length + 2}[frames][looks]${scalings.map((_, index) => `[shown${index}]`).join('')}`,
    '[frames]crop=2:2:0:0,format=gray[beat]',
    `[looks]select='bitand(pts,${MARK.look})',extractplanes=y,scale=iw:'max(1,trunc(ih/8))':flags=neighbor,format=gray[luma]`,
    ...scalings.map((same, index) => {
      const made = same.map((output) => `[made${outputs.indexOf(output)}]`)
      const filters = [
        ...same.slice(0, 1).flatMap((first) => [select(first), ...conversion(video, first)]),
        `split=${made.length}`,
      ]
      return `[shown${index}]${filters.join(',')}${made.join('')}`
    }),
  ]
  const asTheyCome = [...command.passFrames, '-enc_time_base', '1:1000000']
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'repeat+level+warning', '-copyts'],
    // Everything is known: nothing is to be read and kept before the first picture.
    ...['-probesize', '32', '-analyzeduration', '0', '-flags', 'low_delay', '-threads', '1'],
    ...['-f', 'matroska', '-i', 'pipe:0', '-filter_complex_threads', '1', '-filter_complex', graph.join(';')],
    ...['-map', '[beat]', ...SAMPLES, ...asTheyCome, '-flush_packets', '1', '-f', 'framecrc', 'pipe:2'],
    ...['-map', '[luma]', ...SAMPLES, ...asTheyCome, ...framed('rawvideo', LUMA_FD)],
    ...outputs.flatMap(({ quality }, index) => [
      ...['-map', `[made${index}]`, ...jpegEncoder(quality), ...asTheyCome],
      ...framed('mjpeg', FIRST_PICTURE_FD + index),
    ]),
  ]
}

/** The command ends where a time is below the one before, and the times of some cameras are: a frame of such a time is left out. */
const IN_ORDER = "select='isnan(prev_selected_pts)+gt(pts,prev_selected_pts)'"

/** Luma as it is, after a line or two of text. Raw video would do, but ffmpeg holds back one frame of that. */
const SAMPLES = ['-c:v', 'pgm']

/** FFmpeg's own JPEG encoder, as it is set up in process: fixed tables, and no comment with the library's version. */
export function jpegEncoder(quality: number): string[] {
  const scale = ['-q:v', `${qscaleOf(quality)}`, '-qmin', '1', '-qmax', '31']
  // Older versions take full range only in formats of its own, unless they are told that we know what we do.
  return ['-c:v', 'mjpeg', '-threads', '1', '-strict', 'unofficial', ...scale, '-huffman', 'default', '-flags', '+bitexact']
}

/** Each frame as a line of text with its time and size, and then as it is: what a `FramedReader` reads. */
export function framed(format: string, descriptor: number): string[] {
  const pipe = (muxer: string) => `[f=${muxer}:flush_packets=1]pipe:${descriptor}`
  return ['-f', 'tee', `${pipe('framecrc')}|${pipe(format)}`]
}

/** Outputs that differ in nothing but the quality share the scaling. */
function groupByScaling(outputs: readonly Rendition[]): Rendition[][] {
  return groupBy(outputs, scalingOf)
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const keys = [...new Set(items.map(keyOf))]
  return keys.map((key) => items.filter((item) => keyOf(item) === key))
}

function scalingOf({ width, height, fps, transform }: Rendition): string {
  return `${width}x${height}@${fps} ${JSON.stringify(transform)}`
}

/** As `FrameRateCap` chooses, in the language of libavutil: variable 0 is the time when a frame is due, 1 whether there was one. */
function select({ fps }: Rendition): string {
  const shown = `bitand(pts,${MARK.show})`
  if (fps === undefined) return `select='${shown}'`
  const interval = 1 / fps
  const first = `st(1,1)+st(0,t+${interval})`
  const due = `if(gte(t,ld(0)-${capEarliness(fps) / 1_000_000}),st(0,max(ld(0)+${interval},t))+1)`
  return `select='if(${shown},if(ld(1),${due},${first}))'`
}

/** To full-range BT.601, 4:2:0 (JFIF 1.02), as the process that uses libav itself converts. */
function conversion(video: VideoDescription, { width, height, transform }: Rendition): string[] {
  const area = croppedArea(video, transform?.crop)
  const isWhole = area.width === video.width && area.height === video.height
  const crop = isWhole ? [] : [`crop=${area.width}:${area.height}:${area.left}:${area.top}:exact=1`]
  const size = isSideways(transform) ? `${height}:${width}` : `${width}:${height}`
  return [...crop, ...scaling(video, size), ...turning(transform), 'setsar=1']
}

function scaling({ matrix, fullRange }: VideoDescription, size: string): string[] {
  const scale = `scale=${size}:flags=bilinear`
  if (matrix === 'gbr') return [`${scale}:out_color_matrix=bt601:out_range=pc`, 'format=yuv420p']
  const range = fullRange ? 'pc' : 'tv'
  const keep = `in_range=${range}:out_range=${range}:in_color_matrix=bt601:out_color_matrix=bt601`
  const convert = `colorspace=all=bt470bg:iall=bt470bg:ispace=${matrix}:irange=${range}:range=pc:format=yuv420p:fast=1`
  return [`${scale}:${keep}`, 'format=yuv420p', ...(fullRange && matrix === 'bt470bg' ? [] : [convert])]
}

function turning(transform: PictureTransform | undefined): string[] {
  const filters: string[] = []
  if (transform?.rotate === 90) filters.push('transpose=clock')
  if (transform?.rotate === 270) filters.push('transpose=cclock')
  if (transform?.rotate === 180) filters.push('hflip', 'vflip')
  if (transform?.flip === 'horizontal') filters.push('hflip')
  if (transform?.flip === 'vertical') filters.push('vflip')
  return filters
}
