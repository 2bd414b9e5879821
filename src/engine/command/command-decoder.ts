import { AtalayaError } from '../../api/errors.ts'
import type { Packet, Track, VideoCodec } from '../../media/packet.ts'
import type { Rendition } from '../../media/rendition.ts'
import { type Micros, millis, now } from '../../media/time.ts'
import type { Log } from '../../telemetry/log.ts'
import type { Decoder, DecoderOutput } from '../engine.ts'
import { LOOK_EVERY, LumaCondition } from '../luma-condition.ts'
import { pictureKind, pictureKinds } from './decode-arguments.ts'
import { DecodeRun, type TimedPacket } from './decode-run.ts'
import type { FfmpegCommand } from './ffmpeg-command.ts'
import type { CommandEnd } from './ffmpeg-process.ts'
import { Timeline } from './timeline.ts'
import { describeVideo, holdsPicture, type VideoDescription } from './video-description.ts'

/** What is kept of a camera: a whole group of pictures of 10 s or 8 MiB, and what may wait beside it. */
const MAX_PACKETS = 640
const MAX_BYTES = 12 * 1024 * 1024
/** A stream that changes more often is followed with wrong colours for a moment. */
const MIN_RUN: Micros = millis(500)
/** Rounds of the watch, each of half a second, that a command may be silent although it was given something. */
const MAX_SILENT_ROUNDS = 10
/** So often within a minute a command that ends by itself is replaced without a word. */
const MAX_RESTARTS = 3
const RESTARTS_WITHIN: Micros = millis(60_000)

/** What a decoder needs of its surroundings. */
export interface CommandDecoderPlace {
  readonly command: FfmpegCommand
  readonly camera: string
  readonly track: Track
  readonly log: Log
  /** It is closed or has failed. */
  readonly closed: () => void
  /** Its stream has crashed the command. */
  readonly crashed: () => void
}

/**
 * A decoder that is an ffmpeg command. What a command makes is fixed when it starts: where something else is wanted, another is
 * started with the packets since the last keyframe, and takes over when it has caught up.
 */
export class CommandDecoder implements Decoder {
  readonly #place: CommandDecoderPlace
  readonly #output: DecoderOutput
  readonly #codec: VideoCodec
  readonly #timeline = new Timeline()
  readonly #condition = new LumaCondition()
  #lookedAt = Number.NEGATIVE_INFINITY
  #renditions: ReadonlyMap<number, Rendition> = new Map()
  /** The time of the newest picture of each rendition. */
  readonly #shown = new Map<number, number>()
  readonly #newest = new Map<string, { readonly packet: TimedPacket; readonly data: Buffer }>()
  /** The packets since the last keyframe; undefined where there are too many. */
  #group: TimedPacket[] | undefined
  #groupBytes = 0
  #video: VideoDescription | undefined
  #run: DecodeRun | undefined
  #next: DecodeRun | undefined
  readonly #finishing = new Set<DecodeRun>()
  #isPlanned = false
  /** Something else is to be made from the next keyframe on. */
  #isOutdated = false
  #startedAt = Number.NEGATIVE_INFINITY
  #restarts: Micros[] = []
  #silentRounds = 0
  #isSkipping = true
  #isFirst = true
  #isClosed = false
  #skipped = 0

  constructor(place: CommandDecoderPlace, output: DecoderOutput) {
    this.#place = place
    this.#output = output
    this.#codec = place.track.codec
  }

  get skipped(): number {
    return this.#skipped
  }

  get pids(): readonly number[] {
    return [this.#run, this.#next, ...this.#finishing].flatMap((run) => run?.pid ?? [])
  }

  setRenditions(renditions: ReadonlyMap<number, Rendition>): void {
    if (this.#isClosed) return
    const added = [...renditions].filter(([key]) => !this.#renditions.has(key))
    this.#renditions = new Map(renditions)
    for (const key of this.#shown.keys()) if (!renditions.has(key)) this.#shown.delete(key)
    if (this.#run === undefined) return
    const made = new Set((this.#next ?? this.#run).plan.made.map(pictureKind))
    const wanted = pictureKinds(renditions.values()).map(pictureKind)
    if (wanted.some((kind) => !made.has(kind))) this.#planRun()
    else this.#isOutdated ||= wanted.length < made.size
    if (added.length > 0) setImmediate(() => this.#showNewest())
  }

  push(packet: Packet, sequence: number, catchUp: boolean): void {
    if (this.#isClosed || this.#mustSkip(packet)) return
    const { capturedAt, keyframe, data } = packet
    const isLookedAt = !catchUp && capturedAt - this.#lookedAt >= LOOK_EVERY
    const entry: TimedPacket = {
      time: this.#timeline.place(packet),
      ...{ sequence, capturedAt, keyframe, isHidden: catchUp, isLookedAt, data },
      holdsPicture: holdsPicture(this.#codec, data),
    }
    if (isLookedAt) this.#lookedAt = capturedAt
    this.#remember(entry)
    if (keyframe) this.#reconsider(data)
    this.#run?.add(entry)
    this.#next?.add(entry)
    if (this.#run === undefined) this.#startRun()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#place.closed()
    for (const run of [this.#run, this.#next, ...this.#finishing]) run?.kill()
  }

  /** To be called every half second: replaces a command that hangs. */
  watch(): void {
    this.#silentRounds = this.#run?.isAwaited ? this.#silentRounds + 1 : 0
    if (this.#silentRounds < MAX_SILENT_ROUNDS) return
    this.#place.log.warn({ camera: this.#place.camera }, 'the ffmpeg command is silent although it has work: killed')
    this.#place.crashed()
    this.#fail('internal_error', 'The ffmpeg command that worked for this camera hung; another can take over.')
  }

  #mustSkip(packet: Packet): boolean {
    const isFull = (this.#run?.waitingPackets ?? 0) >= MAX_PACKETS || (this.#run?.waitingBytes ?? 0) >= MAX_BYTES
    this.#isSkipping = isFull || (this.#isSkipping && !packet.keyframe)
    // Before the first keyframe nothing is lost.
    if (this.#isSkipping && !this.#isFirst) this.#skipped++
    this.#isFirst &&= this.#isSkipping
    return this.#isSkipping
  }

  #remember(entry: TimedPacket): void {
    if (entry.keyframe) {
      this.#group = []
      this.#groupBytes = 0
    }
    this.#group?.push(entry)
    this.#groupBytes += entry.data.length
    if ((this.#group?.length ?? 0) > MAX_PACKETS || this.#groupBytes > MAX_BYTES) this.#group = undefined
  }

  /** At a keyframe: what goes on with it, if anything else is to be made from here. */
  #reconsider(keyframe: Buffer): void {
    const video = describeVideo(this.#codec, keyframe) ?? this.#video
    const isChanged = JSON.stringify(video) !== JSON.stringify(this.#video)
    if (isChanged || this.#isOutdated) {
      if (this.#run !== undefined && now() - this.#startedAt < MIN_RUN) {
        this.#isOutdated = true
        return
      }
      this.#retire(this.#run)
      this.#retire(this.#next)
      this.#run = undefined
      this.#next = undefined
    }
    this.#video = video
  }

  #retire(run: DecodeRun | undefined): void {
    if (!run) return
    this.#finishing.add(run)
    run.finish()
  }

  /** Soon, so that what is asked for at the same time is done at once. */
  #planRun(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    setImmediate(() => {
      this.#isPlanned = false
      this.#startRun()
    })
  }

  #startRun(): void {
    if (this.#isClosed) return
    const group = this.#group
    if (group === undefined || group.length === 0) {
      this.#isOutdated = true
      return
    }
    const { command } = this.#place
    const made = pictureKinds(this.#renditions.values())
    const { width = 1920, height = 1080 } = this.#place.track
    const video = this.#video ?? { width, height, matrix: 'bt709', fullRange: false }
    this.#next?.kill()
    const isFirst = this.#run === undefined
    const replayed = isFirst ? group : group.map((entry, index) => replay(entry, index === group.length - 1))
    const newest = Math.max(...replayed.map(({ time }) => time))
    const run: DecodeRun = new DecodeRun(
      { command, codec: this.#codec, video, made },
      {
        picture: (rendition, packet, data) => this.#show(rendition, packet, data),
        luma: (packet, luma) => this.#look(packet, luma),
        decoded: (packet) => {
          if (run === this.#next && packet.time >= newest) this.#takeOver(run)
        },
        ended: (end, lastWords) => this.#ended(run, end, lastWords),
      },
    )
    const kinds = new Set(made.map(pictureKind))
    for (const kind of this.#newest.keys()) if (!kinds.has(kind)) this.#newest.delete(kind)
    this.#startedAt = now()
    this.#isOutdated = false
    if (isFirst) this.#run = run
    else this.#next = run
    for (const entry of replayed) run.add(entry)
  }

  #takeOver(next: DecodeRun): void {
    this.#run?.kill()
    this.#run = next
    this.#next = undefined
  }

  #show(made: Rendition, packet: TimedPacket, data: Buffer): void {
    const kind = pictureKind(made)
    this.#newest.set(kind, { packet, data })
    this.#showKind(kind)
  }

  #showNewest(): void {
    for (const kind of this.#newest.keys()) this.#showKind(kind)
  }

  /** To each rendition of the kind that has not seen it. */
  #showKind(kind: string): void {
    const newest = this.#newest.get(kind)
    if (this.#isClosed || !newest) return
    const { time, sequence, capturedAt } = newest.packet
    for (const [key, rendition] of this.#renditions) {
      if (pictureKind(rendition) !== kind || (this.#shown.get(key) ?? -1) >= time) continue
      this.#shown.set(key, time)
      const { width, height } = rendition
      this.#output.picture(key, { data: newest.data, width, height, sequence, capturedAt })
    }
  }

  #look({ capturedAt }: TimedPacket, luma: Buffer): void {
    const condition = this.#isClosed ? undefined : this.#condition.look(luma, capturedAt)
    if (condition) this.#output.condition(condition)
  }

  #ended(run: DecodeRun, { code, signal }: CommandEnd, lastWords: string): void {
    if (this.#isClosed || this.#finishing.delete(run)) return
    const isCurrent = run === this.#run
    if (!isCurrent && run !== this.#next) return
    this.#run = isCurrent ? undefined : this.#run
    this.#next = undefined
    const how = signal ?? `exit code ${code}`
    this.#place.log.warn({ camera: this.#place.camera, how, lastWords }, 'an ffmpeg command ended unexpectedly')
    if (signal !== null) {
      // A kill from outside is nobody's fault.
      if (signal !== 'SIGKILL' && signal !== 'SIGTERM') this.#place.crashed()
      this.#fail('internal_error', `The ffmpeg command that worked for this camera ended (${how}); another can take over.`)
      return
    }
    this.#restarts = [...this.#restarts.filter((at) => now() - at < RESTARTS_WITHIN), now()]
    if (this.#restarts.length > MAX_RESTARTS) {
      this.#fail('unsupported', `The ffmpeg command cannot go on with this stream: ${lastWords || how}.`)
      return
    }
    // Not with the same packets again.
    this.#group = undefined
    this.#isSkipping ||= isCurrent
    this.#isOutdated = true
  }

  #fail(code: 'internal_error' | 'unsupported', message: string): void {
    this.close()
    this.#output.failed(new AtalayaError(code, message))
  }
}

/** Decoded to catch up, but for the newest, of which there is to be a picture. */
function replay(entry: TimedPacket, isNewest: boolean): TimedPacket {
  return { ...entry, isHidden: !isNewest, isLookedAt: false }
}
