import type { CameraStatus } from '../../src/api/camera-status.ts'
import { type GatewayClient, GatewayFailure } from './gateway-client.ts'
import type { Me } from './me.ts'

/** One line of the event log. */
export interface LogEntry {
  readonly at: Date
  /** `undefined` where events were lost. */
  readonly camera: string | undefined
  /** The name it had then. */
  readonly name: string
  readonly what:
    | Pick<CameraStatus, 'state' | 'reason' | 'condition'>
    | { readonly change: 'added' | 'changed' | 'removed' }
    | { readonly lost: true }
}

/** How often the figures of the cameras are asked for; what happens to them comes by itself. */
const FIGURES_EVERY_MS = 2000
const KNOCK_EVERY_MS = 1000
const MOST_LOG_ENTRIES = 500

/**
 * Follows all cameras of a gateway: their figures every two seconds while the page can be seen, and what happens to them at once.
 * When the gateway is gone it says so and knocks every second until it is back.
 */
export class CameraWatch {
  /** In the order of the gateway; `undefined` before its first answer. */
  cameras: readonly CameraStatus[] | undefined
  /** False: the gateway does not answer. */
  isConnected = true
  /** Who looks; `undefined` before the first answer. */
  me: Me | undefined
  /** The gateway answers, but not to somebody who is not logged in. */
  needsLogin = false
  /** The newest first. */
  log: readonly LogEntry[] = []

  readonly #client: GatewayClient
  readonly #changed: () => void
  #events: EventSource | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #asking: Promise<void> | undefined
  #isStale = false
  #isOver = false

  /** `changed` is called whenever one of the fields has another value. */
  constructor(client: GatewayClient, changed: () => void) {
    this.#client = client
    this.#changed = changed
  }

  start(): void {
    this.#isOver = false
    document.addEventListener('visibilitychange', this.#onVisibility)
    this.refresh()
  }

  stop(): void {
    this.#isOver = true
    document.removeEventListener('visibilitychange', this.#onVisibility)
    clearTimeout(this.#timer)
    this.#events?.close()
    this.#events = undefined
  }

  /** Asks for all cameras now. */
  refresh(): void {
    clearTimeout(this.#timer)
    // What is being answered at this moment may be older than what made us ask.
    this.#isStale = this.#asking !== undefined
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
      if (this.#isStale && !this.#isOver) this.refresh()
      else this.#askLater()
    })
  }

  async #ask(): Promise<void> {
    try {
      this.me ??= await this.#client.me()
      this.cameras = await this.#client.cameras()
      this.isConnected = true
      if (!this.#isOver && !this.#events) this.#follow()
    } catch (error) {
      this.needsLogin = error instanceof GatewayFailure && error.code === 'login_required'
      this.isConnected = this.needsLogin
      this.me = undefined
      this.#events?.close()
      this.#events = undefined
    }
    if (!this.#isOver) this.#changed()
  }

  #askLater(): void {
    clearTimeout(this.#timer)
    if (this.#isOver || (document.hidden && this.isConnected)) return
    this.#timer = setTimeout(() => this.refresh(), this.isConnected ? FIGURES_EVERY_MS : KNOCK_EVERY_MS)
  }

  readonly #onVisibility = () => {
    if (!document.hidden) this.refresh()
  }

  #follow(): void {
    const events = new EventSource(`${this.#client.base}api/events`)
    this.#events = events
    events.addEventListener('state', (event) => this.#hear(event))
    events.addEventListener('config', (event) => this.#hear(event))
    events.addEventListener('viewers', () => this.refresh())
    events.addEventListener('reset', (event) => this.#hear(event))
    // The browser would try again after some seconds by itself; the next answer opens a new one sooner.
    events.addEventListener('error', () => {
      if (this.#events !== events) return
      events.close()
      this.#events = undefined
      this.refresh()
    })
  }

  #hear(event: MessageEvent<string>): void {
    const { at, camera, ...what } = JSON.parse(event.data) as { at: string; camera?: string } & Record<string, unknown>
    const known = this.cameras?.find(({ id }) => id === camera)
    const entry = {
      at: new Date(at),
      camera,
      name: known?.name ?? camera ?? '',
      what: camera === undefined ? { lost: true } : (what as LogEntry['what']),
    } as LogEntry
    this.log = [entry, ...this.log].slice(0, MOST_LOG_ENTRIES)
    this.refresh()
    this.#changed()
  }
}
