import { type Micros, millis, now } from '../media/time.ts'

/** A crash is forgotten after this long. */
const REMEMBERED: Micros = millis(5 * 60_000)
const ALONE_AFTER = 2
const QUARANTINED_AFTER = 3

/** Which cameras' streams have crashed engines lately. */
export class CrashRecord {
  readonly #crashes = new Map<string, Micros[]>()
  readonly #clock: () => Micros

  constructor(clock: () => Micros = now) {
    this.#clock = clock
  }

  blame(camera: string): void {
    this.#crashes.set(camera, [...this.#recent(camera), this.#clock()])
  }

  /** How the camera's next decoder is to be treated. */
  verdict(camera: string): 'trusted' | 'alone' | 'quarantined' {
    const crashes = this.#recent(camera).length
    if (crashes >= QUARANTINED_AFTER) return 'quarantined'
    return crashes >= ALONE_AFTER ? 'alone' : 'trusted'
  }

  #recent(camera: string): Micros[] {
    const since = this.#clock() - REMEMBERED
    const recent = (this.#crashes.get(camera) ?? []).filter((at) => at > since)
    if (recent.length === 0) this.#crashes.delete(camera)
    return recent
  }
}
