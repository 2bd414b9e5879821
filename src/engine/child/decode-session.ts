import {
  AV_CODEC_FLAG_LOW_DELAY,
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_CODEC_ID_MJPEG,
  AV_FRAME_FLAG_CORRUPT,
} from 'node-av/constants'
import { Codec, CodecContext, Frame, Packet } from 'node-av/lib'
import { splitAnnexB } from '../../media/annex-b.ts'
import { H264_SYNTAX } from '../../media/h264-syntax.ts'
import { H265_SYNTAX } from '../../media/h265-syntax.ts'
import type { VideoCodec } from '../../media/packet.ts'
import type { Rendition } from '../../media/rendition.ts'
import { type Micros, millis, now } from '../../media/time.ts'
import type { PacketCost } from '../../telemetry/metrics.ts'
import { type CodedPacket, decodePacket, encodePictureFields, encodeProgress, MESSAGE } from '../protocol.ts'
import { ConditionMeter } from './condition-meter.ts'
import { check } from './libav.ts'
import { type MadePicture, PictureMaker } from './picture-maker.ts'
import type { Session, SessionOutput } from './session.ts'

/** A packet that waited longer than this, while newer ones wait behind it, is decoded but makes no picture. */
const MAX_LAG: Micros = millis(250)
/** So often there is a picture even when the engine cannot keep up: a slow picture is better than none. */
const MAX_PICTURELESS: Micros = millis(1000)
/** So many frames in a row that cannot be made into pictures mean that no later one can either. */
const MAX_FAILED_FRAMES = 10
const NOTHING_MADE = { time: 0, jpegs: 0, isLate: false }
/** Packets inside the decoder; it holds back a few at most where pictures are coded out of order. */
const MAX_PENDING = 64

/** Decodes the packets of one camera and makes its pictures. */
export class DecodeSession implements Session {
  readonly #codec: VideoCodec
  readonly #output: SessionOutput
  readonly #decoder: CodecContext
  readonly #pictures: PictureMaker
  #renditionCount = 0
  readonly #condition = new ConditionMeter()
  readonly #packet = new Packet()
  readonly #frame = new Frame()
  /** The newest frame, kept for renditions that are added before the next one comes, and what it was decoded from. */
  readonly #newest = new Frame()
  #newestPacket: CodedPacket | undefined
  readonly #queue: CodedPacket[] = []
  /** What is inside the decoder, by sequence: a decoded frame bears that of its packet. */
  readonly #pending = new Map<number, CodedPacket>()
  #lastShown = Number.NEGATIVE_INFINITY
  #donePackets = 0
  #doneBytes = 0
  #needsKeyframe = true
  /** At first long ago: the first picture is always made, for a new viewer waits for it. */
  #lastPictureAt = Number.NEGATIVE_INFINITY
  #failedFrames = 0
  /** What went into pictures since the last progress was told. */
  #making = NOTHING_MADE

  constructor(codec: VideoCodec, output: SessionOutput) {
    this.#codec = codec
    this.#output = output
    this.#decoder = openDecoder(codec)
    this.#pictures = new PictureMaker(codec)
    this.#packet.alloc()
    this.#frame.alloc()
    this.#newest.alloc()
  }

  setRenditions(renditions: ReadonlyMap<number, Rendition>): void {
    this.#renditionCount = renditions.size
    const added = this.#pictures.setRenditions(renditions)
    const packet = this.#newestPacket
    if (packet) this.#attempt(() => this.#pictures.makeFor(added, this.#newest, (picture) => this.#deliver(picture, packet)))
  }

  decode(body: Buffer): boolean {
    this.#queue.push(decodePacket(body))
    return true
  }

  work(): boolean {
    const packet = this.#queue.shift()
    if (packet === undefined) return false
    // Of several renditions none waits for the others; a single one goes with the progress, which spares both ends a call.
    if (this.#renditionCount > 1) this.#workOn(packet)
    else this.#output.together(() => this.#workOn(packet))
    return this.#queue.length > 0
  }

  close(): void {
    this.#queue.length = 0
    this.#pictures.close()
    this.#frame.free()
    this.#newest.free()
    this.#packet.free()
    this.#decoder.freeContext()
  }

  #workOn(packet: CodedPacket): void {
    this.#donePackets++
    this.#doneBytes += packet.data.length
    const cost = this.#measure(() => this.#decode(packet))
    this.#output.send(MESSAGE.done, encodeProgress({ packets: this.#donePackets, bytes: this.#doneBytes, cost }))
  }

  /** What was made for new renditions since the packet before counts with this one. */
  #measure(decode: () => void): PacketCost {
    const madeBefore = this.#making.time
    const began = now()
    decode()
    const { time, jpegs, isLate } = this.#making
    this.#making = NOTHING_MADE
    return { decoding: (now() - began - (time - madeBefore)) / 1e6, making: time / 1e6, jpegs, isLate }
  }

  #decode(coded: CodedPacket): void {
    if (this.#needsKeyframe && !coded.keyframe) return
    this.#needsKeyframe = false
    this.#remember(coded)
    this.#packet.unref()
    this.#packet.data = coded.data
    this.#packet.pts = BigInt(coded.sequence)
    this.#packet.isKeyframe = coded.keyframe
    // An access unit without a slice holds no picture: libav calls that an error, but nothing is lost by it.
    if (this.#decoder.sendPacketSync(this.#packet) < 0 && holdsPicture(this.#codec, coded.data)) this.#needsKeyframe = true
    while (this.#decoder.receiveFrameSync(this.#frame) >= 0) this.#show(this.#frame)
  }

  #remember(coded: CodedPacket): void {
    this.#pending.set(coded.sequence, coded)
    if (this.#pending.size <= MAX_PENDING) return
    const [oldest] = this.#pending.keys()
    if (oldest !== undefined) this.#pending.delete(oldest)
  }

  #show(frame: Frame): void {
    const sequence = Number(frame.pts)
    const packet = this.#pending.get(sequence)
    this.#pending.delete(sequence)
    // Frames come in the order in which they are shown, and so shall the numbers of pictures grow where that is not the order of the packets.
    this.#lastShown = Math.max(sequence, this.#lastShown + 1)
    const coded = packet && { ...packet, sequence: this.#lastShown }
    // What follows a damaged frame is damaged too, only not marked as such.
    if ((frame.flags & AV_FRAME_FLAG_CORRUPT) !== 0 || frame.decodeErrorFlags !== 0) this.#needsKeyframe = true
    else if (coded !== undefined) {
      if (this.#isWorthShowing(coded))
        this.#attempt(() => this.#pictures.make(frame, coded.pts, (picture) => this.#deliver(picture, coded)))
      this.#keep(frame, coded)
      this.#look(frame, coded)
    }
  }

  /** The decoder empties its frame when it is asked for the next one. */
  #keep(frame: Frame, coded: CodedPacket): void {
    this.#newest.unref()
    check(this.#newest.ref(frame), 'keeping a frame')
    this.#newestPacket = coded
  }

  /** What is decoded only to catch up was looked at in its time, or is too old to tell anything. */
  #look(frame: Frame, { capturedAt, catchUp }: CodedPacket): void {
    const condition = catchUp ? undefined : this.#condition.look(frame, capturedAt)
    if (condition) this.#output.send(MESSAGE.condition, Buffer.from(condition))
  }

  #isWorthShowing(coded: CodedPacket): boolean {
    if (coded.catchUp) return false
    const time = now()
    const isBehind = this.#queue.length > 0 && time - coded.capturedAt > MAX_LAG
    const isLate = this.#output.isClogged || (isBehind && time - this.#lastPictureAt <= MAX_PICTURELESS)
    if (isLate) this.#making = { ...this.#making, isLate }
    return !isLate
  }

  #deliver({ renditions, width, height, data }: MadePicture, { sequence, capturedAt }: CodedPacket): void {
    this.#lastPictureAt = now()
    this.#making = { ...this.#making, jpegs: this.#making.jpegs + 1 }
    for (const rendition of renditions) {
      this.#output.send(MESSAGE.picture, encodePictureFields({ rendition, width, height, sequence, capturedAt }), data)
    }
  }

  #attempt(makePictures: () => void): void {
    const began = now()
    try {
      makePictures()
      this.#failedFrames = 0
    } catch (error) {
      // A damaged parameter set can call for sizes and formats that nothing can convert, until the next one.
      if (++this.#failedFrames >= MAX_FAILED_FRAMES) throw error
      this.#needsKeyframe = true
    } finally {
      this.#making = { ...this.#making, time: this.#making.time + now() - began }
    }
  }
}

function openDecoder(kind: VideoCodec): CodecContext {
  const codec = Codec.findDecoder(CODEC_IDS[kind])
  if (codec === null) throw new Error(`this build of libav has no decoder for ${kind}`)
  const context = new CodecContext()
  context.allocContext3(codec)
  context.threadCount = 1 // frame threads would hold pictures back
  context.setFlags(AV_CODEC_FLAG_LOW_DELAY)
  check(context.open2Sync(codec, null), `the ${kind} decoder`)
  return context
}

const CODEC_IDS = { h264: AV_CODEC_ID_H264, h265: AV_CODEC_ID_HEVC, jpeg: AV_CODEC_ID_MJPEG } as const

function holdsPicture(codec: VideoCodec, data: Buffer): boolean {
  if (codec === 'jpeg') return true
  const syntax = codec === 'h265' ? H265_SYNTAX : H264_SYNTAX
  for (const nal of splitAnnexB(data)) if (syntax.kindOf(nal[0] ?? 0) === 'slice') return true
  return false
}
