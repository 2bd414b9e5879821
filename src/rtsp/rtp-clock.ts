import { DecodeTimes } from '../media/decode-times.ts'
import { type Micros, micros, millis } from '../media/time.ts'

/** When a picture is due and when it was taken. */
export interface RtpTime {
  /** On the stream's own line, which starts at 0; no two are alike. */
  readonly pts: Micros
  /** On the same line; always grows, never after `pts`, and is the same where pictures come in the order in which they are shown. */
  readonly dts: Micros
  /** On the gateway's monotonic clock; never after the arrival. */
  readonly capturedAt: Micros
}

/**
 * Turns 32-bit RTP timestamps into the gateway's time. What a packet's delay is made of is unknown, but the smallest
 * difference between arrival and media time seen lately belongs to the packet that was delayed least, so that difference
 * dates all the others. The minimum is taken over the last 10 to 20 s and so follows the drift of the camera's clock.
 */
export class RtpClock {
  readonly #clockRate: number
  #lastTimestamp: number | undefined
  /** Microseconds, unrounded: a third of one lost with every picture would add up to a second a day. */
  #media = 0
  #lastArrival: Micros = micros(0)
  #lastPts: Micros = micros(-1)
  readonly #delay = new RecentMinimum()
  readonly #decoding = new DecodeTimes()
  #jumps = 0
  /** Pictures in a row with the timestamp of the one before. */
  #alike = 0

  constructor(clockRate: number) {
    this.#clockRate = clockRate
  }

  /** How often the camera's time line broke and was joined anew. */
  get jumps(): number {
    return this.#jumps
  }

  /**
   * Dates a picture by its RTP timestamp and the arrival of its first packet. To be called once per picture, in order.
   * @param reordered how many pictures may come before one that is shown earlier
   */
  date(timestamp: number, arrival: Micros, reordered = 0): RtpTime {
    const sinceLast = micros(arrival - this.#lastArrival)
    if (this.#lastTimestamp !== undefined) {
      const step = ((timestamp - this.#lastTimestamp) | 0) * (1_000_000 / this.#clockRate)
      this.#alike = step === 0 ? this.#alike + 1 : 0
      if (this.#alike >= STANDING_STILL) this.#advanceBy(sinceLast)
      else if (step >= -MAX_STEP_BACK && step <= MAX_JUMP) this.#media += step
      else this.#join(sinceLast)
    }
    this.#lastTimestamp = timestamp
    this.#lastArrival = arrival
    const delay = micros(arrival - this.#media)
    if (Math.abs(delay - this.#delay.value(delay)) > MAX_JUMP) {
      this.#jumps++
      this.#delay.clear()
    }
    const capturedAt = micros(this.#media + this.#delay.add(delay, arrival))
    // Cameras that stamp two pictures alike, or step back a little, would otherwise break every muxer further on.
    const times = this.#decoding.next(micros(this.#media), reordered)
    this.#lastPts = micros(Math.max(times.pts, this.#lastPts))
    return { ...times, capturedAt: micros(Math.min(capturedAt, arrival)) }
  }

  /** Another sender took over: its timestamps have nothing to do with those before. */
  restart(arrival: Micros): void {
    if (this.#lastTimestamp === undefined) return
    this.#join(micros(arrival - this.#lastArrival))
    this.#lastArrival = arrival
    this.#lastTimestamp = undefined
  }

  /** The camera's clock stands still: the arrivals are all there is. */
  #advanceBy(sinceLast: Micros): void {
    this.#media += sinceLast
    if (this.#alike > STANDING_STILL) return
    this.#jumps++
    this.#delay.clear()
  }

  /** Lets the line go on by as much as has really passed. */
  #join(sinceLast: Micros): void {
    this.#jumps++
    this.#media = Math.max(this.#media, this.#lastPts) + sinceLast
    this.#delay.clear()
  }
}

/** A difference of more than this between media time and real time is no delay. */
const MAX_JUMP = millis(5000)
/** B-frames step back, by some pictures. */
const MAX_STEP_BACK = millis(1000)
/** Two fields of a picture may have one timestamp, and sometimes two pictures have; more do not. */
const STANDING_STILL = 3
/** Half the window of the minimum. */
const SPAN = millis(10_000)

/** The minimum of the values added in the present and the preceding span. */
class RecentMinimum {
  #previous = Number.POSITIVE_INFINITY
  #current = Number.POSITIVE_INFINITY
  #since: Micros = micros(0)

  clear(): void {
    this.#previous = Number.POSITIVE_INFINITY
    this.#current = Number.POSITIVE_INFINITY
  }

  /** The minimum, or `fallback` where nothing was added yet. */
  value(fallback: Micros): Micros {
    const minimum = Math.min(this.#previous, this.#current)
    return Number.isFinite(minimum) ? micros(minimum) : fallback
  }

  /** Adds a value and returns the minimum with it. */
  add(value: Micros, at: Micros): Micros {
    if (at - this.#since > SPAN) {
      this.#previous = at - this.#since > 2 * SPAN ? Number.POSITIVE_INFINITY : this.#current
      this.#current = Number.POSITIVE_INFINITY
      this.#since = at
    }
    this.#current = Math.min(this.#current, value)
    return this.value(value)
  }
}
