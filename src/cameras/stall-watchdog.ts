import { AtalayaError } from '../api/errors.ts'
import type { Track } from '../media/packet.ts'
import { type Micros, micros, millis, now } from '../media/time.ts'

/**
 * Watches the video itself: a connection whose audio, RTCP or keepalive still flows but whose video does not is stalled.
 * It uses the monotonic clock, and forgives the time that the process itself was asleep.
 */
export class StallWatchdog {
  readonly #onStall: (error: AtalayaError) => void
  readonly #timer: NodeJS.Timeout
  #lastSign = now()
  #lastPass = now()
  #hasVideo = false
  #limit: Micros = FIRST_PACKET_WITHIN

  constructor(onStall: (error: AtalayaError) => void) {
    this.#onStall = onStall
    this.#timer = setInterval(() => this.#look(), PASS_EVERY_MS)
  }

  /** Slow cameras are given three intervals between pictures. */
  track(track: Track): void {
    this.#limit = micros(Math.max(STALLED_AFTER, track.fps ? (3 * 1e6) / track.fps : 0))
  }

  packet(): void {
    this.#hasVideo = true
    this.#lastSign = now()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const instant = now()
    const pause = instant - this.#lastPass
    this.#lastPass = instant
    if (pause > ASLEEP_AFTER) {
      this.#lastSign = instant // nobody could have received anything
      return
    }
    const silence = instant - this.#lastSign
    const limit = this.#hasVideo ? this.#limit : FIRST_PACKET_WITHIN
    if (silence <= limit) return
    this.stop()
    const seconds = Math.round(silence / 1e6)
    const what = this.#hasVideo
      ? `sent no video for ${seconds} s`
      : `sent no video within ${seconds} s of the first connection attempt`
    this.#onStall(new AtalayaError('stalled', `The camera ${what}.`))
  }
}

const PASS_EVERY_MS = 250
const ASLEEP_AFTER = millis(2000)
const STALLED_AFTER = millis(5000)
const FIRST_PACKET_WITHIN = millis(10_000)
