import { type Micros, millis } from '../media/time.ts'

/** Tells groups of pictures that were damaged from single packets that were lost: one group may lose many. */
export class DamageWatch {
  readonly #onDamaged: (at: Micros) => void
  /** When the group at hand was damaged. */
  #damagedAt: Micros | undefined

  /** @param onDamaged told once per damaged group. */
  constructor(onDamaged: (at: Micros) => void) {
    this.#onDamaged = onDamaged
  }

  /** Packets are missing. Where keyframes themselves never get through, each 2 s count as a group. */
  lost(at: Micros): void {
    if (this.#damagedAt !== undefined && at - this.#damagedAt < LONGEST_GROUP) return
    this.#damagedAt = at
    this.#onDamaged(at)
  }

  /** A picture got through that needs none before it. */
  repaired(): void {
    this.#damagedAt = undefined
  }
}

const LONGEST_GROUP = millis(2000)
