import {
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_CODEC_ID_MJPEG,
  AV_NOPTS_VALUE,
  AVCOL_SPC_BT470BG,
  AVCOL_SPC_UNSPECIFIED,
} from 'node-av/constants'
import { BitStreamFilter, BitStreamFilterContext, Codec, CodecContext, Frame, Packet, type Stream } from 'node-av/lib'
import { joinAnnexB, splitAnnexB } from '../../media/annex-b.ts'
import { parseSps } from '../../media/h264-sps.ts'
import { H264_SYNTAX } from '../../media/h264-syntax.ts'
import { parseH265Sps } from '../../media/h265-sps.ts'
import { H265_SYNTAX } from '../../media/h265-syntax.ts'
import { parseJpegHeader } from '../../media/jpeg.ts'
import type { Track, VideoCodec } from '../../media/packet.ts'
import { now } from '../../media/time.ts'
import type { InputRequest } from '../engine.ts'
import { wholeJpeg } from '../whole-jpeg.ts'
import { check } from './libav.ts'
import { PictureMaker } from './picture-maker.ts'

/** One coded picture of an input. */
export interface InputPicture {
  readonly track: Track
  readonly data: Buffer
  readonly keyframe: boolean
  /** In microseconds on the input's own time line. */
  readonly pts: number
  readonly decodeAt: number
}

/** JPEG quality of what a camera or a file gives in another coding; it may be coded a second time for smaller renditions. */
const CAPTURE_QUALITY = 92
/** So long the dark pictures that a USB camera begins with are left out. */
const DARK_START = 2_000_000
/** Mean luma below which a picture is dark. */
const DARK = 24

/** Copies H.264, H.265 and JPEG as they are, and makes JPEGs of all else. */
export class InputVideo {
  readonly #codec: VideoCodec | undefined
  readonly #stream: Stream
  readonly #isDevice: boolean
  readonly #filter: BitStreamFilterContext | undefined
  readonly #filtered = new Packet()
  readonly #timeBase: number
  readonly #fps: number | undefined
  #decoder: CodecContext | undefined
  #pictures: PictureMaker | undefined
  readonly #frame = new Frame()
  #size = ''
  #parameterSets: Uint8Array[] = []
  #track: Track | undefined
  #lastTime = 0
  #darkUntil: number

  constructor(stream: Stream, kind: InputRequest['kind']) {
    this.#stream = stream
    this.#isDevice = kind === 'device'
    this.#codec = CODECS.get(stream.codecpar.codecId)
    this.#timeBase = (1_000_000 * stream.timeBase.num) / stream.timeBase.den
    const { num, den } = stream.avgFrameRate
    this.#fps = num > 0 && den > 0 ? num / den : undefined
    this.#darkUntil = this.#isDevice ? now() + DARK_START : 0
    this.#frame.alloc()
    this.#filtered.alloc()
    this.#filter = this.#codec === 'h264' || this.#codec === 'h265' ? openAnnexB(stream, this.#codec) : undefined
    const extra = this.#filter?.outputCodecParameters?.extradata
    if (extra) this.#parameterSets = [...splitAnnexB(extra)]
  }

  /** The pictures that are complete with this packet. */
  *take(packet: Packet): Generator<InputPicture> {
    if (this.#codec === 'jpeg') yield* this.#takeJpeg(packet)
    else if (this.#filter) {
      if (this.#filter.sendPacketSync(packet) < 0) return
      while (this.#filter.receivePacketSync(this.#filtered) >= 0) {
        const picture = this.#takeNals(this.#filtered)
        this.#filtered.unref()
        if (picture) yield picture
      }
    } else yield* this.#transcode(packet)
  }

  /** What the decoder still holds at the end of a file. */
  *flush(): Generator<InputPicture> {
    if (this.#decoder && this.#pictures) yield* this.#transcode(null)
  }

  close(): void {
    this.#filter?.free()
    this.#filtered.free()
    this.#frame.free()
    this.#pictures?.close()
    this.#decoder?.freeContext()
  }

  *#takeJpeg(packet: Packet): Generator<InputPicture> {
    const data = wholeJpeg(packet.data)
    const size = data && parseJpegHeader(data)
    if (!data || !size || this.#isStillDark(packet)) return
    yield { track: this.#trackOf('jpeg', size.width, size.height), data, keyframe: true, ...this.#times(packet) }
  }

  #takeNals(packet: Packet): InputPicture | undefined {
    const codec = this.#codec === 'h265' ? 'h265' : 'h264'
    const syntax = codec === 'h265' ? H265_SYNTAX : H264_SYNTAX
    const kindOf = (nal: Uint8Array) => syntax.kindOf(nal[0] ?? 0)
    const nals = [...splitAnnexB(packet.data ?? Buffer.alloc(0))].filter((nal) => kindOf(nal) !== 'delimiter')
    if (!nals.some((nal) => kindOf(nal) === 'slice')) return undefined
    const isSet = (nal: Uint8Array) => kindOf(nal) === 'sps' || kindOf(nal) === 'parameter-set'
    const sets = nals.filter(isSet)
    if (sets.some((nal) => kindOf(nal) === 'sps')) this.#parameterSets = sets.map((nal) => Buffer.from(nal))
    const keyframe = packet.isKeyframe
    const whole = keyframe ? [...this.#parameterSets, ...nals.filter((nal) => !isSet(nal))] : nals
    const sps = this.#parameterSets.find((nal) => kindOf(nal) === 'sps')
    return { track: this.#nalTrack(codec, keyframe ? sps : undefined), data: joinAnnexB(whole), keyframe, ...this.#times(packet) }
  }

  #nalTrack(codec: 'h264' | 'h265', sps: Uint8Array | undefined): Track {
    const { width, height } = this.#stream.codecpar
    if (!sps) return this.#track ?? this.#trackOf(codec, width, height)
    try {
      const size = codec === 'h265' ? parseH265Sps(sps) : parseSps(sps)
      return this.#trackOf(codec, size.width, size.height)
    } catch {
      return this.#trackOf(codec, width, height) // what libav made of it is as good
    }
  }

  *#transcode(packet: Packet | null): Generator<InputPicture> {
    const decoder = this.#openDecoder()
    if (decoder.sendPacketSync(packet) < 0) return
    while (decoder.receiveFrameSync(this.#frame) >= 0) {
      const frame = this.#frame
      // UVC 1.5 section 3.9.2.6: uncompressed video is BT.601 unless the camera says otherwise.
      if (this.#isDevice && frame.colorSpace === AVCOL_SPC_UNSPECIFIED) frame.colorSpace = AVCOL_SPC_BT470BG
      if (this.#isDarkFrame(frame)) continue
      const [width, height] = [frame.width & ~1, frame.height & ~1]
      let data: Buffer | undefined
      this.#pictureMaker(width, height).makeFor([1], frame, (picture) => {
        data = picture.data
      })
      const pts = this.#toMicros(frame.pts)
      if (data) yield { track: this.#trackOf('jpeg', width, height), data, keyframe: true, pts, decodeAt: pts }
    }
  }

  #openDecoder(): CodecContext {
    if (this.#decoder) return this.#decoder
    const { codecpar } = this.#stream
    const codec = Codec.findDecoder(codecpar.codecId)
    if (!codec) throw new Error('this build of libav has no decoder for its video')
    const decoder = new CodecContext()
    decoder.allocContext3(codec)
    check(decoder.parametersToContext(codecpar), 'the parameters of the video')
    decoder.threadCount = 1
    check(decoder.open2Sync(codec, null), 'the decoder of the video')
    this.#decoder = decoder
    return decoder
  }

  #pictureMaker(width: number, height: number): PictureMaker {
    this.#pictures ??= new PictureMaker('h264')
    if (this.#size !== `${width}x${height}`) {
      this.#size = `${width}x${height}`
      this.#pictures.setRenditions(new Map([[1, { width, height, quality: CAPTURE_QUALITY }]]))
    }
    return this.#pictures
  }

  #isStillDark(packet: Packet): boolean {
    if (now() > this.#darkUntil) return false
    const decoder = this.#openDecoder()
    if (decoder.sendPacketSync(packet) < 0) return false
    return decoder.receiveFrameSync(this.#frame) >= 0 && this.#isDarkFrame(this.#frame)
  }

  #isDarkFrame(frame: Frame): boolean {
    if (now() > this.#darkUntil) return false
    const isDark = meanLuma(frame) < DARK
    if (!isDark) this.#darkUntil = 0
    return isDark
  }

  #trackOf(codec: VideoCodec, width: number, height: number): Track {
    if (this.#track?.codec !== codec || this.#track.width !== width || this.#track.height !== height)
      this.#track = { codec, width, height, ...(this.#fps !== undefined && { fps: this.#fps }) }
    return this.#track
  }

  #times({ pts, dts }: Packet): { pts: number; decodeAt: number } {
    const decodeAt = this.#toMicros(dts === AV_NOPTS_VALUE ? pts : dts)
    return { pts: pts === AV_NOPTS_VALUE ? decodeAt : Math.round(Number(pts) * this.#timeBase), decodeAt }
  }

  /** Packets without a time follow the one before at the nominal rate. */
  #toMicros(time: bigint): number {
    const interval = 1_000_000 / (this.#fps ?? 25)
    this.#lastTime = time === AV_NOPTS_VALUE ? this.#lastTime + interval : Number(time) * this.#timeBase
    return Math.round(this.#lastTime)
  }
}

const CODECS: ReadonlyMap<number, VideoCodec> = new Map<number, VideoCodec>([
  [AV_CODEC_ID_H264, 'h264'],
  [AV_CODEC_ID_HEVC, 'h265'],
  [AV_CODEC_ID_MJPEG, 'jpeg'],
])

/** From whichever form of length prefixes to Annex B; what is that already passes. */
function openAnnexB(stream: Stream, codec: 'h264' | 'h265'): BitStreamFilterContext {
  const filter = BitStreamFilter.getByName(codec === 'h265' ? 'hevc_mp4toannexb' : 'h264_mp4toannexb')
  if (!filter) throw new Error('this build of libav has no filter to Annex B')
  const context = new BitStreamFilterContext()
  check(context.alloc(filter), 'the filter to Annex B')
  const input = context.inputCodecParameters
  if (!input) throw new Error('the filter to Annex B has no parameters')
  check(stream.codecpar.copy(input), 'the parameters of the video')
  context.inputTimeBase = stream.timeBase
  check(context.init(), 'the filter to Annex B')
  return context
}

/** Of the first plane: every second byte, which is luma in planar forms and in YUYV alike. */
function meanLuma(frame: Frame): number {
  const plane = frame.data?.[0]
  if (!plane) return 255
  let sum = 0
  let count = 0
  for (let at = 0; at < plane.length; at += 64, count++) sum += plane[at] ?? 0
  return count === 0 ? 255 : sum / count
}
