import type { Packet } from '../media/packet.ts'
import { type Micros, millis } from '../media/time.ts'

/**
 * Notices that a camera sends the same JPEG again and again. Such pictures are not decoded as a rule, so that no engine could; the bytes
 * tell, because the noise of a sensor changes every picture. A look now and then is enough, and costs next to nothing.
 */
export class StillWatch {
  #before: Buffer | undefined
  #since: Micros | undefined
  #lookedAt = Number.NEGATIVE_INFINITY
  #isStill = false

  /** The same picture for 10 s. */
  get isStill(): boolean {
    return this.#isStill
  }

  /** Keeps the bytes of a packet until the next look. */
  look({ track, data, capturedAt }: Packet): void {
    if (track.codec !== 'jpeg' || capturedAt - this.#lookedAt < LOOK_EVERY) return
    this.#lookedAt = capturedAt
    if (!this.#before?.equals(data)) this.#since = capturedAt
    this.#before = data
    this.#isStill = capturedAt - (this.#since ?? capturedAt) >= STILL_AFTER
  }

  /** What comes next is another stream. */
  forget(): void {
    this.#before = undefined
    this.#isStill = false
    this.#lookedAt = Number.NEGATIVE_INFINITY
  }
}

const LOOK_EVERY = millis(1000)
/** As long as the engines take for decoded pictures. */
const STILL_AFTER = millis(10_000)
