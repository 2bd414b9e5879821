import { randomBytes } from 'node:crypto'
import type { Clip } from './clip.ts'
import type { Fault } from './faults.ts'
import { packetizeH265 } from './h265-packetizer.ts'
import { packetizeJpeg } from './jpeg-packetizer.ts'
import { type PacketStyle, type Payload, packetize } from './packetizer.ts'
import type { Visit } from './visit.ts'

/** A picture that was sent to the clients. */
export interface WrittenFrame {
  /** Its number in the clip, which is also in its pixels. */
  readonly frame: number
  /** Milliseconds since the Unix epoch by the monotonic clock, when its last byte was handed to the socket. */
  readonly at: number
}

export interface PlayerSettings extends PacketStyle {
  readonly clip: Clip
  /** Pictures a second; the clip's own unless given. */
  readonly fps?: number
  /** Whether packet number `n`, counted from 0 for each client, gets lost. */
  readonly drop?: (n: number) => boolean
  /** Milliseconds between sender reports; 5000 unless given. */
  readonly senderReportMs?: number
}

/** Plays a clip over and over, to all clients at the same time. */
export class Player {
  /** The latest pictures, at most 4096. */
  readonly written: WrittenFrame[] = []
  clip: Clip
  /** Takes the place of the other one at its next keyframe. */
  next: Clip | undefined
  fault: Fault = 'none'
  readonly #settings: PlayerSettings
  readonly #visits: ReadonlySet<Visit>
  readonly #fps: number
  readonly #started = performance.now()
  readonly #timers: NodeJS.Timeout[] = []
  #timer: NodeJS.Timeout
  #tick = 0
  /** Pictures so far, those that nobody was sent among them. */
  #shown = 0

  constructor(settings: PlayerSettings, visits: ReadonlySet<Visit>) {
    this.#settings = settings
    this.#visits = visits
    this.clip = settings.clip
    this.#fps = settings.fps ?? settings.clip.fps
    this.#timer = setTimeout(() => this.#showPicture(), 0)
    this.#timers.push(setInterval(() => this.#report(), settings.senderReportMs ?? 5000))
    this.#timers.push(setInterval(() => this.#speak(), AUDIO_MS))
    this.#timers.push(setInterval(() => this.#trickle(), 1000))
  }

  stop(): void {
    clearTimeout(this.#timer)
    for (const timer of this.#timers) clearInterval(timer)
  }

  get #seconds(): number {
    return (performance.now() - this.#started) / 1000
  }

  get #playing(): Visit[] {
    return [...this.#visits].filter((visit) => visit.playing)
  }

  #showPicture(): void {
    const due = Math.floor(this.#seconds * this.#fps)
    // After a pause of this process the clip goes on where it was, at the time that it is then: a live camera does not catch up.
    if (due - this.#tick > this.#fps) this.#tick = due
    if (this.next && isKeyframe(this.next, this.#shown % this.next.units.length)) {
      this.clip = this.next
      this.next = undefined
    }
    const frame = this.#shown++ % this.clip.units.length
    const unit = this.clip.units[frame]
    const playing = this.#playing
    if (unit && playing.length > 0 && !SILENT.has(this.fault)) {
      for (const visit of playing) this.#sendUnit(visit, unit)
      this.written.push({ frame, at: performance.timeOrigin + performance.now() })
      if (this.written.length > MAX_REMEMBERED) this.written.shift()
    }
    this.#tick++
    this.#timer = setTimeout(
      () => this.#showPicture(),
      Math.max(0, this.#started + (this.#tick * 1000) / this.#fps - performance.now()),
    )
  }

  /** One write per packet, all of a picture at once, as a camera's burst. */
  #sendUnit({ client, video }: Visit, unit: readonly Buffer[]): void {
    if (!video || client.unsentBytes > MAX_UNSENT_BYTES) return
    for (const { payload, marker } of payloadsOf(this.clip, unit, this.#settings)) {
      const isHit = this.fault !== 'none' && video.sent % HIT_EVERY === HIT_EVERY - 1
      if (isHit && this.fault === 'garbage') client.write(randomBytes(1024))
      if (isHit && this.fault === 'cut-packets')
        client.write(Buffer.concat([Buffer.from([0x24, 0, 0x05, 0xdc]), payload.subarray(0, 20)]))
      video.send(payload, marker, this.#tick / this.#fps, this.#settings.drop?.(video.sent) ?? false)
    }
  }

  #report(): void {
    if (SILENT.has(this.fault) && this.fault !== 'video-dead') return
    for (const { video } of this.#playing) video?.report(this.#seconds)
  }

  /** Silence, in PCMA. */
  #speak(): void {
    if (SILENT.has(this.fault) && this.fault !== 'video-dead') return
    for (const { audio } of this.#playing) audio?.send(SILENCE, false, this.#seconds, false)
  }

  /** The head of an interleaved packet, and on and on. */
  #trickle(): void {
    if (this.fault !== 'trickle') return
    for (const { client } of this.#playing) client.write(Buffer.from([0x24]))
  }
}

function payloadsOf({ codec }: Clip, unit: readonly Buffer[], style: PacketStyle): Payload[] {
  const { payloadBytes = 1400 } = style
  if (codec === 'h265') return packetizeH265(unit, payloadBytes)
  return codec === 'jpeg' ? unit.flatMap((jpeg) => packetizeJpeg(jpeg, payloadBytes)) : packetize(unit, style)
}

function isKeyframe({ codec, units }: Clip, number: number): boolean {
  const types = units[number]?.map((nal) => nal.readUInt8(0)) ?? []
  if (codec === 'h265') return types.some((first) => first >> 1 >= 16 && first >> 1 <= 21)
  return codec === 'jpeg' || types.some((first) => (first & 31) === 5)
}

const SILENT: ReadonlySet<Fault> = new Set<Fault>(['stall', 'video-dead', 'trickle', 'deaf'])
const AUDIO_MS = 20
const SILENCE = Buffer.alloc(160, 0xd5)
const MAX_REMEMBERED = 4096
/** Every so manieth packet is hit by a fault that comes now and then. */
const HIT_EVERY = 60
/** A client that reads too slowly misses whole pictures. */
const MAX_UNSENT_BYTES = 4 * 1024 * 1024
