import { AV_CODEC_ID_MJPEG, AV_PIX_FMT_YUV420P } from 'node-av/constants'
import { Codec, CodecContext, Frame, Packet } from 'node-av/lib'
import type { Notice } from '../engine.ts'
import { FilterChain, type FilterSpec } from './filter-chain.ts'
import { fitText, glyphsIn } from './fit-text.ts'
import { FONT } from './fonts.ts'
import { frameColour } from './frame-colour.ts'
import { openJpegEncoder } from './jpeg-encoder.ts'
import { check } from './libav.ts'
import { PictureConverter } from './picture-converter.ts'

/**
 * Draws a notice and codes it as JPEG. A ground that cannot be decoded is left out: the words matter more.
 * @throws {Error} when libav refuses.
 */
export function drawNotice(notice: Notice): Buffer {
  const frame = new Frame()
  frame.alloc()
  const encoder = openJpegEncoder(notice)
  try {
    if (notice.ground === undefined || !drawOnPicture(notice, notice.ground, frame)) drawOnNothing(notice, frame)
    return encoder.encode(frame)
  } finally {
    encoder.close()
    frame.free()
  }
}

/** False when the ground is no picture. */
function drawOnPicture(notice: Notice, ground: Buffer, drawn: Frame): boolean {
  const decoded = decodeJpeg(ground)
  if (decoded === undefined) return false
  const converter = new PictureConverter(decoded, frameColour(decoded, 'jpeg'), notice)
  const chain = new FilterChain([input(notice), DIM, ...texts(notice)])
  try {
    const converted = converter.convert(decoded)
    converted.pts = 0n
    check(chain.first.buffersrcAddFrameSync(converted), 'giving the last picture to the filters')
    check(chain.last.buffersinkGetFrameSync(drawn), 'taking the notice')
    return true
  } finally {
    chain.close()
    converter.close()
    decoded.free()
  }
}

function drawOnNothing(notice: Notice, drawn: Frame): void {
  const { width, height } = notice
  const ground: FilterSpec = { filter: 'color', options: { color: '0x0c131c', size: `${width}x${height}`, rate: '1' } }
  const chain = new FilterChain([ground, { filter: 'scale', options: FULL_RANGE_BT601 }, ...texts(notice)])
  try {
    check(chain.last.buffersinkGetFrameSync(drawn), 'taking the notice')
  } finally {
    chain.close()
  }
}

const FULL_RANGE_BT601 = { out_color_matrix: 'bt601', out_range: 'pc' } as const

function input({ width, height }: Notice): FilterSpec {
  const options = { video_size: `${width}x${height}`, pix_fmt: `${AV_PIX_FMT_YUV420P}`, time_base: '1/1', pixel_aspect: '1/1' }
  return { filter: 'buffer', options: { ...options, colorspace: 'bt470bg', range: 'pc' } }
}

/** A third of the light and half of the colour: nobody takes it for a live picture. */
const DIM: FilterSpec = { filter: 'lutyuv', options: { y: 'val*0.35', u: '(val-128)*0.5+128', v: '(val-128)*0.5+128' } }

function texts({ width, height, lines }: Notice): FilterSpec[] {
  const unit = Math.min(width / 640, height / 360)
  const sizes = lines.map((_, index) => Math.max(8, Math.round((index === 0 ? 34 : 20) * unit)))
  const gap = Math.round(14 * unit)
  const total = sizes.reduce((sum, size) => sum + size + gap, -gap)
  let top = Math.round((height - total) / 2)
  return lines.map((line, index) => {
    const fontSize = sizes[index] ?? 8
    const y = top
    top += fontSize + gap
    return {
      filter: 'drawtext',
      options: {
        fontfile: index === 0 ? FONT.bold : FONT.regular,
        text: fitText(line, glyphsIn(width * 0.94, fontSize)),
        expansion: 'none', // a name is taken as it is
        fontsize: `${fontSize}`,
        fontcolor: index === 0 ? '0xf2f5f8' : '0xc9d4de',
        shadowcolor: '0x000000@0.8',
        shadowx: '1',
        shadowy: '1',
        x: '(w-text_w)/2',
        y: `${y}`,
        y_align: 'font',
      },
    }
  })
}

/** The picture of a JPEG, the caller's to free; undefined when there is none in it. */
function decodeJpeg(data: Buffer): Frame | undefined {
  const codec = Codec.findDecoder(AV_CODEC_ID_MJPEG)
  if (codec === null) return undefined
  const context = new CodecContext()
  const packet = new Packet()
  const frame = new Frame()
  context.allocContext3(codec)
  packet.alloc()
  frame.alloc()
  try {
    check(context.open2Sync(codec, null), 'the JPEG decoder')
    packet.data = data
    if (context.sendPacketSync(packet) >= 0 && context.receiveFrameSync(frame) >= 0) return frame
    frame.free()
    return undefined
  } finally {
    packet.free()
    context.freeContext()
  }
}
