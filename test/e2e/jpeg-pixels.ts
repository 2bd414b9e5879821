import { AV_CODEC_ID_MJPEG, AV_OPT_TYPE_STRING } from 'node-av/constants'
import { Codec, CodecContext, Frame, Packet } from 'node-av/lib'
import { type Mark, readMark } from '../fake-camera/mark.ts'

/** The luma plane of a JPEG. */
export interface Luma {
  readonly width: number
  readonly height: number
  readonly stride: number
  readonly data: Buffer
}

/** Decodes JPEGs strictly: anything that libavcodec complains of is an error. */
export class JpegDecoder {
  readonly #context = new CodecContext()
  readonly #packet = new Packet()
  readonly #frame = new Frame()

  constructor() {
    const codec = Codec.findDecoder(AV_CODEC_ID_MJPEG)
    if (!codec) throw new Error('libavcodec has no JPEG decoder')
    this.#context.allocContext3(codec)
    this.#context.threadCount = 1
    this.#context.setOption('err_detect', 'explode', AV_OPT_TYPE_STRING)
    this.#check(this.#context.open2Sync(codec, null), 'open')
    this.#packet.alloc()
    this.#frame.alloc()
  }

  /** The luma is valid until the next call. */
  decode(jpeg: Buffer): Luma {
    this.#packet.unref()
    this.#packet.data = jpeg
    this.#check(this.#context.sendPacketSync(this.#packet), 'decode')
    this.#check(this.#context.receiveFrameSync(this.#frame), 'decode')
    const data = this.#frame.data?.[0]
    const stride = this.#frame.linesize[0]
    if (!data || !stride) throw new Error('the JPEG has no luma')
    return { width: this.#frame.width, height: this.#frame.height, stride, data }
  }

  /** The number that a fake camera drew into the picture. */
  readMark(jpeg: Buffer): Mark | undefined {
    const { data, width, height, stride } = this.decode(jpeg)
    return readMark(data, width, height, stride)
  }

  #check(code: number, what: string): void {
    if (code < 0) throw new Error(`the JPEG cannot be decoded: ${what} gave ${code}`)
  }
}
