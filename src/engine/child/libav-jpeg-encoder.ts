import {
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_FLAG_QSCALE,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  AVCOL_RANGE_JPEG,
  FF_ENCODER_MJPEG,
  FF_QP2LAMBDA,
} from 'node-av/constants'
import { Codec, CodecContext, type Frame, Packet, Rational } from 'node-av/lib'
import { qscaleOf } from '../jpeg-quality.ts'
import type { JpegEncoder, JpegSettings } from './jpeg-encoder.ts'
import { check, setOptions } from './libav.ts'

/** FFmpeg's own JPEG encoder: always there, and slower than libjpeg-turbo. Quality is one of 31 steps. */
export class LibavJpegEncoder implements JpegEncoder {
  readonly #context = new CodecContext()
  readonly #packet = new Packet()
  readonly #lambda: number
  #pts = 0n

  constructor({ width, height, quality }: JpegSettings) {
    const codec = Codec.findEncoderByName(FF_ENCODER_MJPEG)
    if (codec === null) throw new Error('this build of libav has no JPEG encoder')
    this.#lambda = qscaleOf(quality) * FF_QP2LAMBDA
    this.#context.allocContext3(codec)
    Object.assign(this.#context, {
      width,
      height,
      pixelFormat: AV_PIX_FMT_YUV420P,
      colorRange: AVCOL_RANGE_JPEG,
      timeBase: new Rational(1, 90_000),
      sampleAspectRatio: new Rational(1, 1), // without it there is no JFIF header
      threadCount: 1,
      globalQuality: this.#lambda,
      qMin: 1, // the default of 2 shuts out the finest scale
      qMax: 31,
    })
    // Bit-exact: no comment with the library's version in every picture.
    this.#context.setFlags(AV_CODEC_FLAG_QSCALE, AV_CODEC_FLAG_BITEXACT)
    // Fixed Huffman tables spare a second pass over the picture: a fifth of the time for a twentieth of the bytes.
    setOptions(this.#context, { huffman: 'default' })
    check(this.#context.open2Sync(codec, null), 'the JPEG encoder')
    this.#packet.alloc()
  }

  /** The frame's quality and time are written to. */
  encode(frame: Frame): Buffer {
    frame.pts = ++this.#pts // must rise, and is not otherwise used
    frame.quality = this.#lambda
    frame.pictType = AV_PICTURE_TYPE_NONE
    check(this.#context.sendFrameSync(frame), 'giving a picture to the JPEG encoder')
    check(this.#context.receivePacketSync(this.#packet), 'taking a picture from the JPEG encoder')
    const data = this.#packet.data
    this.#packet.unref()
    if (data === null) throw new Error('the JPEG encoder made an empty picture')
    return data
  }

  close(): void {
    this.#packet.free()
    this.#context.freeContext()
  }
}
