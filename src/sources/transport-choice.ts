import type { AtalayaError } from '../api/errors.ts'
import { type Micros, millis } from '../media/time.ts'
import type { RtspTransport } from '../rtsp/media-path.ts'

/**
 * The ways for the video of one connection, and when to change from one to another. With none configured: TCP; UDP where the camera
 * refuses that; and TCP again where UDP proves to be a bad way. What is configured is never changed.
 */
export class TransportChoice {
  readonly #isFree: boolean
  #ways: readonly RtspTransport[]
  /** What spoke against UDP, once something did. */
  #objection: AtalayaError | 'damage' | undefined
  #damages: Micros[] = []

  constructor(configured: RtspTransport | undefined) {
    this.#isFree = configured === undefined
    this.#ways = configured ? [configured] : ['tcp', 'udp']
  }

  /** In the order in which they are to be tried. */
  get ways(): readonly RtspTransport[] {
    return this.#ways
  }

  /** A group of pictures was damaged on its way by UDP. True when another way is to be tried: at the second one within 10 s. */
  damaged(at: Micros): boolean {
    this.#damages = [...this.#damages.filter((earlier) => at - earlier <= DAMAGES_WITHIN), at]
    if (this.#damages.length < MAX_DAMAGES || !this.#mayLeaveUdp) return false
    this.#leaveUdp('damage')
    return true
  }

  /** The visit failed. True when another way is to be tried instead of giving up. */
  failed(error: AtalayaError, used: RtspTransport | undefined): boolean {
    if (used === 'udp' && error.code === 'stalled' && this.#mayLeaveUdp) {
      this.#leaveUdp(error)
      return true
    }
    // TCP is still refused: lossy pictures are better than none.
    if (used === undefined && error.code === 'unsupported' && this.#objection === 'damage' && this.#ways[0] === 'tcp') {
      this.#ways = ['udp']
      return true
    }
    return false
  }

  /** Why UDP was left, where nothing had come that way: it explains more than a refusal of TCP. */
  get silence(): AtalayaError | undefined {
    return this.#objection === 'damage' ? undefined : this.#objection
  }

  get #mayLeaveUdp(): boolean {
    return this.#isFree && this.#objection === undefined
  }

  #leaveUdp(objection: AtalayaError | 'damage'): void {
    this.#objection = objection
    this.#ways = ['tcp']
  }
}

const MAX_DAMAGES = 2
const DAMAGES_WITHIN = millis(10_000)
