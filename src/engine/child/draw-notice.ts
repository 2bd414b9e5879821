import { AV_CODEC_ID_MJPEG, AV_PIX_FMT_YUV420P } from 'node-av/constants'
import { Codec, CodecContext, Frame, Packet } from 'node-av/lib'
import type { Notice } from '../engine.ts'
import type { FilterSpec } from '../filter-spec.ts'
import { DIM, emptyGround, noticeTexts } from '../notice-drawing.ts'
import { FilterChain } from './filter-chain.ts'
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
  const chain = new FilterChain([input(notice), DIM, ...noticeTexts(notice)])
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
  const chain = new FilterChain([...emptyGround(notice), ...noticeTexts(notice)])
  try {
    check(chain.last.buffersinkGetFrameSync(drawn), 'taking the notice')
  } finally {
    chain.close()
  }
}

function input({ width, height }: Notice): FilterSpec {
  const options = { video_size: `${width}x${height}`, pix_fmt: `${AV_PIX_FMT_YUV420P}`, time_base: '1/1', pixel_aspect: '1/1' }
  return { filter: 'buffer', options: { ...options, colorspace: 'bt470bg', range: 'pc' } }
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
