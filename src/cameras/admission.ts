import { AtalayaError } from '../api/errors.ts'
import type { LimitsConfig } from '../config/config.ts'
import type { Descriptors } from '../lib/descriptors.ts'
import type { Log } from '../telemetry/log.ts'
import type { Registry } from './registry.ts'
import type { Viewers } from './viewers.ts'

/** What newcomers are counted by. */
export interface AdmissionParts {
  readonly cameras: Registry
  readonly viewers: Viewers
  readonly descriptors: Descriptors
  /** Those in force at this moment. */
  readonly limits: () => LimitsConfig
  readonly log: Log
}

/** Says whether there is room for one more. Whoever is in stays in. */
export class Admission {
  readonly #parts: AdmissionParts
  #warnedAt = Number.NEGATIVE_INFINITY

  constructor(parts: AdmissionParts) {
    this.#parts = parts
  }

  /** True while newcomers are refused for want of descriptors. */
  get isOutOfDescriptors(): boolean {
    const { descriptors, log } = this.#parts
    const isFull = descriptors.isNearlyUsedUp
    if (isFull && performance.now() - this.#warnedAt > WARN_EVERY_MS) {
      this.#warnedAt = performance.now()
      log.warn({}, 'file descriptors are nearly used up: no more viewers; raise the limit of open files (ulimit -n)')
    }
    return isFull
  }

  /**
   * One more viewer, at this IP address.
   * @throws {AtalayaError} `out_of_descriptors`, `too_many_viewers`, `too_many_from_address`
   */
  makeRoomForViewer(address: string): void {
    const { cameras, viewers, limits } = this.#parts
    this.#refuseForWantOfDescriptors()
    const most = limits()
    if (cameras.viewers >= most.viewers) {
      throw new AtalayaError(
        'too_many_viewers',
        `There are ${cameras.viewers} viewers already, as many as limits.viewers allows.`,
      )
    }
    const count = viewers.countAt(address)
    if (count >= (most.viewersPerAddress ?? most.viewers)) {
      throw new AtalayaError(
        'too_many_from_address',
        `${address} has ${count} viewers already, as many as limits.viewersPerAddress allows.`,
      )
    }
  }

  /**
   * One more connection that stays.
   * @throws {AtalayaError} `out_of_descriptors`
   */
  makeRoomForConnection(): void {
    this.#refuseForWantOfDescriptors()
    this.#parts.descriptors.admitted()
  }

  #refuseForWantOfDescriptors(): void {
    if (this.isOutOfDescriptors) throw new AtalayaError('out_of_descriptors')
  }
}

const WARN_EVERY_MS = 60_000

/** What a camera may need at a reconnect, engines and files beside. */
export function reservedDescriptors(cameras: number): number {
  return 24 + 8 * cameras
}
