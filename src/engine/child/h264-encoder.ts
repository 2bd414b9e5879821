import {
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_TRC_BT709,
  FF_ENCODER_LIBX264,
} from 'node-av/constants'
import { Codec, CodecContext, type Frame, Packet, Rational } from 'node-av/lib'
import { joinAnnexB, splitAnnexB } from '../../media/annex-b.ts'
import { NAL, nalType } from '../../media/h264.ts'
import { check, setOptions } from './libav.ts'

/** Codes limited-range BT.709 pictures as H.264 without delay, a keyframe every second. */
export class H264Encoder {
  readonly #context = new CodecContext()
  readonly #packet = new Packet()
  #pts = 0n

  constructor({ width, height, fps }: { readonly width: number; readonly height: number; readonly fps: number }) {
    const codec = Codec.findEncoderByName(FF_ENCODER_LIBX264)
    if (codec === null) throw new Error('this build of libav has no H.264 encoder')
    this.#context.allocContext3(codec)
    const framesPerSecond = Math.max(1, Math.round(fps))
    Object.assign(this.#context, {
      width,
      height,
      pixelFormat: AV_PIX_FMT_YUV420P,
      colorRange: AVCOL_RANGE_MPEG,
      colorSpace: AVCOL_SPC_BT709,
      colorPrimaries: AVCOL_PRI_BT709,
      colorTrc: AVCOL_TRC_BT709,
      timeBase: new Rational(1, framesPerSecond),
      framerate: new Rational(framesPerSecond, 1),
      gopSize: framesPerSecond,
      maxBFrames: 0,
      threadCount: 1,
    })
    setOptions(this.#context, { preset: 'ultrafast', tune: 'zerolatency', crf: '22' })
    check(this.#context.open2Sync(codec, null), 'the H.264 encoder')
    this.#packet.alloc()
  }

  /** One access unit as Annex B with four-byte start codes; a keyframe begins with SPS and PPS. */
  encode(frame: Frame): { data: Buffer; keyframe: boolean } {
    frame.pts = this.#pts++
    frame.pictType = AV_PICTURE_TYPE_NONE
    check(this.#context.sendFrameSync(frame), 'giving a picture to the H.264 encoder')
    check(this.#context.receivePacketSync(this.#packet), 'taking a packet from the H.264 encoder')
    const keyframe = this.#packet.isKeyframe
    const data = joinAnnexB(withoutSei(this.#packet.data ?? Buffer.alloc(0)))
    this.#packet.unref()
    return { data, keyframe }
  }

  close(): void {
    this.#packet.free()
    this.#context.freeContext()
  }
}

/** The encoder's supplemental information is its own settings as text. */
function* withoutSei(data: Buffer): Generator<Uint8Array> {
  for (const nal of splitAnnexB(data)) if (nalType(nal[0] ?? 0) !== NAL.SEI) yield nal
}
