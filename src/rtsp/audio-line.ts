import { type Micros, micros, millis } from '../media/time.ts'
import type { RtpTime } from './rtp-clock.ts'

/**
 * Puts the audio of a camera onto the time line of its video. Each track has timestamps of its own; what was recorded at the same moment gets the
 * same time. The distance stays as it is, so that the audio has no seams, until both have come apart.
 */
export class AudioLine {
  /** What lies between the gateway's clock and the line of the video. */
  #videoBegan: number | undefined
  #distance: number | undefined
  #last = micros(Number.NEGATIVE_INFINITY)

  /** A picture has come. */
  picture({ pts, capturedAt }: RtpTime): void {
    this.#videoBegan = capturedAt - pts
  }

  /** The time of a frame of audio; undefined before the first picture. */
  place({ pts, capturedAt }: RtpTime): Micros | undefined {
    if (this.#videoBegan === undefined) return undefined
    const wanted = capturedAt - this.#videoBegan - pts
    if (this.#distance === undefined || Math.abs(wanted - this.#distance) > MAX_APART) this.#distance = wanted
    this.#last = micros(Math.max(pts + this.#distance, this.#last + 1))
    return this.#last
  }
}

/** What people notice of lips and voices (ITU-R BT.1359). */
const MAX_APART = millis(100)
