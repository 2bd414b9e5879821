import type { CameraStatus } from '../api/camera-status.ts'
import type { CameraSummary } from '../api/events.ts'
import type { EventLog } from '../telemetry/event-log.ts'
import type { Camera } from './camera.ts'

/**
 * Turns what cameras report of themselves into events: a state at once, the number of viewers a few times a second, and
 * what nobody reports (a camera that became slow) by looking now and then.
 */
export class CameraNews implements Disposable {
  readonly #events: EventLog
  readonly #told = new Map<Camera, string>()
  readonly #viewers = new Map<Camera, number>()
  readonly #late = new Set<Camera>()
  readonly #lookTimer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref()
  #viewersTimer: NodeJS.Timeout | undefined

  constructor(events: EventLog) {
    this.#events = events
  }

  /** To be told of each change of a camera. */
  readonly onChange = (camera: Camera, what: 'state' | 'viewers'): void => {
    if (what === 'state') this.#tellState(camera)
    else if (this.#viewersTimer) this.#late.add(camera)
    else {
      this.#tellViewers(camera)
      this.#viewersTimer = setTimeout(() => this.#tellLateViewers(), VIEWERS_EVERY_MS).unref()
    }
  }

  /** The camera is gone: nothing is said of it any more. */
  forget(camera: Camera): void {
    this.#told.delete(camera)
    this.#viewers.delete(camera)
    this.#late.delete(camera)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#lookTimer)
    clearTimeout(this.#viewersTimer)
  }

  #tellState(camera: Camera): void {
    const { state, reason, condition } = camera.status()
    const news = JSON.stringify([state, reason, condition])
    if (this.#told.get(camera) === news) return
    this.#told.set(camera, news)
    this.#events.publish({ type: 'state', camera: camera.id, state, reason, condition })
  }

  #tellViewers(camera: Camera): void {
    const { id, viewers } = camera
    if (this.#viewers.get(camera) === viewers) return
    this.#viewers.set(camera, viewers)
    this.#events.publish({ type: 'viewers', camera: id, viewers })
  }

  #tellLateViewers(): void {
    this.#viewersTimer = undefined
    const late = [...this.#late]
    this.#late.clear()
    for (const camera of late) this.#tellViewers(camera)
    if (late.length > 0) this.#viewersTimer = setTimeout(() => this.#tellLateViewers(), VIEWERS_EVERY_MS).unref()
  }

  #look(): void {
    for (const camera of this.#told.keys()) if (camera.state === 'live') this.#tellState(camera)
  }
}

/** What `hello` says of a camera. */
export function summarize({ id, name, state, reason, condition, viewers }: CameraStatus): CameraSummary {
  return { id, name, state, reason, condition, viewers }
}

const VIEWERS_EVERY_MS = 300
const LOOK_EVERY_MS = 2000
