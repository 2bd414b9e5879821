import type { OfflineReason } from '../api/camera-state.ts'
import { type Micros, millis } from '../media/time.ts'

/**
 * When to try a failed camera again: for ever, the first failure included.
 *
 * - While the host answers (it refuses, resets, ends the stream): every second for the first minute of an outage, since a
 *   camera that reboots is back any moment; then 2, 4, 8, 15 and 30 s.
 * - While it is silent, or no engine can run here: 1, 1, 2, 4, 8, 15, 30 s.
 * - While a USB camera is not plugged in: every second for ever, for a look costs next to nothing.
 * - A wrong password: three tries in the first minute, then one in five minutes, because cameras lock accounts.
 * - A stream that crashed the decoder again and again: once in five minutes.
 * - No free session: every 15 s for the minute that a session lives which nobody ended, then 30 and 60 s, because every try can keep it alive.
 *
 * All but the bounds of the password rule and of a stream set aside get a jitter of −20…0 %, so that a fleet does not return in step.
 */
export class RetryPlan {
  readonly #random: () => number
  #outageBegan: Micros | undefined
  #failures: { kind: Kind; count: number } = { kind: 'answers', count: 0 }
  #hasEverLoggedIn = false

  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /** Video has flowed for long enough: the outage is over and the next one starts from the first step. */
  recovered(): void {
    this.#outageBegan = undefined
    this.#failures = { kind: 'answers', count: 0 }
  }

  /** The camera has accepted the credentials: a refusal of the same credentials later means that it is full. */
  loggedIn(): void {
    this.#hasEverLoggedIn = true
  }

  /** What a failure means for a camera with this past. */
  interpret(reason: OfflineReason): OfflineReason {
    return reason === 'auth-failed' && this.#hasEverLoggedIn ? 'busy' : reason
  }

  /** How long to wait after a failure at this instant. */
  delayAfter(reason: OfflineReason, at: Micros): Micros {
    const kind = KIND_OF_REASON[reason] ?? 'answers'
    this.#outageBegan ??= at
    if (this.#failures.kind !== kind) this.#failures = { kind, count: 0 }
    const outage = at - this.#outageBegan
    if (kind === 'answers' && outage < millis(ANSWERING_EVERY_SECOND_FOR_MS)) return this.#jittered(1)
    const steps = STEPS_S[kind]
    const step = steps[Math.min(this.#failures.count, steps.length - 1)] ?? 30
    this.#failures.count++
    return kind === 'login' || kind === 'aside' ? millis(step * 1000) : this.#jittered(step)
  }

  #jittered(seconds: number): Micros {
    return millis(seconds * 1000 * (1 - JITTER * this.#random()))
  }
}

type Kind = 'answers' | 'unplugged' | 'silent' | 'login' | 'aside' | 'busy'

const KIND_OF_REASON: Partial<Record<OfflineReason, Kind>> = {
  unplugged: 'unplugged',
  unreachable: 'silent',
  stalled: 'silent',
  'engine-unavailable': 'silent',
  'auth-failed': 'login',
  quarantined: 'aside',
  busy: 'busy',
}

const ANSWERING_EVERY_SECOND_FOR_MS = 60_000
const JITTER = 0.2
const STEPS_S: Record<Kind, readonly number[]> = {
  answers: [2, 4, 8, 15, 30],
  unplugged: [1],
  silent: [1, 1, 2, 4, 8, 15, 30],
  login: [25, 25, 300],
  aside: [300],
  busy: [15, 15, 15, 15, 15, 30, 60],
}
