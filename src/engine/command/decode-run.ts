import type { VideoCodec } from '../../media/packet.ts'
import type { Rendition } from '../../media/rendition.ts'
import { type Micros, millis, now } from '../../media/time.ts'
import { type DecodeListener, DecodeProcess } from './decode-process.ts'
import type { FfmpegCommand } from './ffmpeg-command.ts'
import type { CommandEnd } from './ffmpeg-process.ts'
import { MARK } from './timeline.ts'
import type { VideoDescription } from './video-description.ts'

/** A packet on its way through a decoder. */
export interface TimedPacket {
  /** Its own, a multiple of four microseconds. */
  readonly time: number
  readonly sequence: number
  readonly capturedAt: Micros
  readonly keyframe: boolean
  /** No picture shall be made of it. */
  readonly isHidden: boolean
  /** Its luma shall be looked at. */
  readonly isLookedAt: boolean
  readonly holdsPicture: boolean
  readonly data: Buffer
}

export interface DecodeRunOutput {
  /** A whole picture of a sound frame. */
  picture(made: Rendition, packet: TimedPacket, data: Buffer): void
  luma(packet: TimedPacket, luma: Buffer): void
  /** A frame came out of the decoder. */
  decoded(packet: TimedPacket): void
  ended(end: CommandEnd, lastWords: string): void
}

/** What a run is made with. */
export interface DecodeRunPlan {
  readonly command: FfmpegCommand
  readonly codec: VideoCodec
  readonly video: VideoDescription
  readonly made: readonly Rendition[]
}

/** So many packets at most are inside the command; the others wait here, where it can still be decided to show none of them. */
const MAX_INSIDE = 8
const MAX_UNWRITTEN_BYTES = 1024 * 1024
/** Packets that came to nothing for so long are counted out: they were damaged, or the decoder waits for more. */
const OVERDUE_MS = 200
/** A packet that waited longer than this, while newer ones wait behind it, is decoded but makes no picture. */
const MAX_LAG: Micros = millis(250)
/** So often there is a picture even when the command cannot keep up. */
const MAX_PICTURELESS: Micros = millis(1000)
const REMEMBERED_FRAMES = 64

/** The life of one decoding command: what goes in and when, and which of what comes out is sound. */
export class DecodeRun implements DecodeListener {
  readonly plan: DecodeRunPlan
  readonly #output: DecodeRunOutput
  readonly #process: DecodeProcess
  readonly #queue: { readonly packet: TimedPacket; readonly addedAt: Micros }[] = []
  /** Given to the command and not yet come out, in the order of decoding. */
  readonly #inside = new Map<number, TimedPacket>()
  /** What came out sound lately, and what did not. */
  readonly #judged = new Map<number, TimedPacket | undefined>()
  /** Pictures of frames that were not yet judged. */
  readonly #held: { readonly made: Rendition; readonly time: number; readonly data: Buffer }[] = []
  #bytes = 0
  #isSound = true
  /** When the first frame came out. */
  #startedAt: Micros | undefined
  #lastShown = Number.NEGATIVE_INFINITY
  #lastShownAt = Number.NEGATIVE_INFINITY
  #overdue: NodeJS.Timeout | undefined
  #feeding: NodeJS.Immediate | undefined
  #isAwaited = false
  #isFinished = false

  constructor(plan: DecodeRunPlan, output: DecodeRunOutput) {
    this.plan = plan
    this.#output = output
    this.#process = new DecodeProcess(plan.command, plan, plan.made, this)
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  get waitingPackets(): number {
    return this.#queue.length + this.#inside.size
  }

  get waitingBytes(): number {
    return this.#bytes
  }

  /** It was given something, and has not said a word since. */
  get isAwaited(): boolean {
    return this.#isAwaited
  }

  add(packet: TimedPacket): void {
    this.#queue.push({ packet, addedAt: now() })
    this.#bytes += packet.data.length
    this.#feedSoon()
  }

  /** Lets it finish what it was given, after which it ends. */
  finish(): void {
    for (const { packet, addedAt } of this.#queue.splice(0)) this.#write(packet, addedAt)
    this.#isFinished = true
    this.#process.finish()
  }

  kill(): void {
    this.#isFinished = true
    this.#process.kill()
  }

  alive(): void {
    this.#isAwaited = false
  }

  frame(time: number, isDamaged: boolean): void {
    this.#startedAt ??= now()
    const packet = this.#inside.get(time)
    if (packet === undefined) return
    const isLost = this.#takeOut(packet)
    if (packet.keyframe) this.#isSound = true
    // What follows a damaged frame is damaged too, only not marked as such.
    if (isDamaged || (isLost && !packet.keyframe)) this.#isSound = false
    // Frames come in the order in which they are shown, and so shall the numbers of pictures grow.
    this.#lastShown = Math.max(packet.sequence, this.#lastShown + 1)
    this.#judged.set(time, this.#isSound ? { ...packet, sequence: this.#lastShown } : undefined)
    for (const old of [...this.#judged.keys()].slice(0, -REMEMBERED_FRAMES)) this.#judged.delete(old)
    this.#output.decoded(packet)
    for (const { made, time: at, data } of this.#held.splice(0)) this.picture(made, at, data)
    this.#feed()
  }

  undecodable(): void {
    const [oldest] = this.#inside.values()
    if (oldest) this.#giveUp(oldest)
    this.#feedSoon()
  }

  picture(made: Rendition, time: number, data: Buffer): void {
    if (!this.#judged.has(time)) {
      if (this.#held.length < REMEMBERED_FRAMES) this.#held.push({ made, time, data })
      return
    }
    const packet = this.#judged.get(time)
    if (packet) this.#output.picture(made, packet, data)
  }

  luma(time: number, data: Buffer): void {
    const packet = this.#judged.get(time) ?? this.#inside.get(time)
    if (packet) this.#output.luma(packet, data)
  }

  ended(end: CommandEnd, lastWords: string): void {
    this.#isFinished = true
    clearTimeout(this.#overdue)
    this.#output.ended(end, lastWords)
  }

  /** Frames come out in the order of presentation: what should have come out before this one never will. True: something is lost. */
  #takeOut(packet: TimedPacket): boolean {
    let isLost = false
    for (const [time, other] of this.#inside) {
      if (time > packet.time) continue
      this.#inside.delete(time)
      this.#bytes -= other.data.length
      isLost ||= other !== packet && other.holdsPicture
    }
    return isLost
  }

  /** When all is there that came at the same time, for only the newest of it may be worth showing. */
  #feedSoon(): void {
    this.#feeding ??= setImmediate(() => {
      this.#feeding = undefined
      this.#feed()
    })
  }

  #feed(): void {
    if (this.#isFinished) return
    while (this.#queue.length > 0 && this.#inside.size < MAX_INSIDE && this.#process.unwritten < MAX_UNWRITTEN_BYTES) {
      const next = this.#queue.shift()
      if (next) this.#write(next.packet, next.addedAt)
    }
    clearTimeout(this.#overdue)
    if (this.#queue.length > 0) this.#overdue = setTimeout(() => this.#countOut(), OVERDUE_MS)
  }

  #write(packet: TimedPacket, addedAt: Micros): void {
    const show = !packet.isHidden && this.#isWorthShowing(packet, addedAt)
    if (show) this.#lastShownAt = now()
    const marks = (show ? MARK.show : 0) | (packet.isLookedAt ? MARK.look : 0)
    this.#inside.set(packet.time, packet)
    this.#isAwaited = true
    this.#process.write({ time: packet.time + marks, keyframe: packet.keyframe, data: packet.data })
  }

  #isWorthShowing({ capturedAt }: TimedPacket, addedAt: Micros): boolean {
    // What came while the command started is not late for that.
    const waitedForStart = Math.max(0, (this.#startedAt ?? now()) - addedAt)
    const isLate = this.#queue.length > 0 && now() - capturedAt - waitedForStart > MAX_LAG
    return !isLate || now() - this.#lastShownAt > MAX_PICTURELESS
  }

  #countOut(): void {
    const isBusy = this.#process.unwritten >= MAX_UNWRITTEN_BYTES || this.#isAwaited
    if (!isBusy) for (const packet of [...this.#inside.values()]) this.#giveUp(packet)
    this.#feed()
  }

  #giveUp(packet: TimedPacket): void {
    this.#inside.delete(packet.time)
    this.#bytes -= packet.data.length
    if (packet.holdsPicture) this.#isSound = false
  }
}
