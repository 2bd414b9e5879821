import { AtalayaError } from '../../api/errors.ts'
import { parseJpegHeader } from '../../media/jpeg.ts'
import type { Notice } from '../engine.ts'
import { type FilterSpec, formatFilters } from '../filter-spec.ts'
import { DIM, emptyGround, noticeTexts } from '../notice-drawing.ts'
import { jpegEncoder } from './decode-arguments.ts'
import type { FfmpegCommand } from './ffmpeg-command.ts'
import { runOnce } from './run-once.ts'
import { textFilters } from './text-filters.ts'

/**
 * Has the command draw a notice; without words where it was built without letters. A ground that cannot be decoded is left out.
 * @throws {AtalayaError} `internal_error` when it cannot.
 */
export async function drawByCommand(command: FfmpegCommand, notice: Notice): Promise<Buffer> {
  const onGround =
    notice.ground && parseJpegHeader(notice.ground) ? await drawOnPicture(command, notice, notice.ground) : undefined
  const drawn = onGround ?? (await drawOnNothing(command, notice))
  if (drawn === undefined) throw new AtalayaError('internal_error', 'The ffmpeg command cannot draw a notice.')
  return drawn
}

function drawOnPicture(command: FfmpegCommand, notice: Notice, ground: Buffer): Promise<Buffer | undefined> {
  const { width, height } = notice
  const size = { w: `${width}`, h: `${height}`, in_range: 'pc', out_range: 'pc', flags: 'bilinear' }
  const filters: FilterSpec[] = [{ filter: 'scale', options: size }, { filter: 'format', options: { pix_fmts: 'yuv420p' } }, DIM]
  return draw(command, notice, { input: ['-f', 'mjpeg', '-i', 'pipe:0'], filters }, ground)
}

function drawOnNothing(command: FfmpegCommand, notice: Notice): Promise<Buffer | undefined> {
  const [source, ...filters] = emptyGround(notice)
  const input = ['-f', 'lavfi', '-i', formatFilters(source ? [source] : [])]
  return draw(command, notice, { input, filters: [...filters, { filter: 'format', options: { pix_fmts: 'yuv420p' } }] })
}

function draw(
  command: FfmpegCommand,
  notice: Notice,
  { input, filters }: { input: readonly string[]; filters: readonly FilterSpec[] },
  ground?: Buffer,
): Promise<Buffer | undefined> {
  const all = formatFilters([
    ...filters,
    ...textFilters(command, noticeTexts(notice)),
    { filter: 'setsar', options: { sar: '1' } },
  ])
  const output = ['-frames:v', '1', ...jpegEncoder(notice.quality), '-f', 'mjpeg']
  return runOnce(command, [...input, '-vf', all, ...output], ground)
}
