import { DIAGNOSIS_STEPS, type Diagnosis } from '../../api/diagnosis.ts'
import { AtalayaError } from '../../api/errors.ts'
import type { CameraConfig } from '../../config/config.ts'
import type { SourceParts } from '../../sources/open-source.ts'
import type { Camera } from '../camera.ts'
import type { DestinationGuard } from '../destination-guard.ts'
import { describeSteps } from './describe-steps.ts'
import { DIAGNOSIS_WORDS } from './diagnosis-words.ts'
import { inspectCamera, QUICK_TIMES } from './inspect-camera.ts'
import { placeOf } from './obstacle.ts'

/** What the doctor works with. */
export interface DoctorParts extends SourceParts {
  /** Keeps visits from leading where no camera is. */
  readonly guard?: DestinationGuard
}

/** Finds out why a camera shows nothing: one visit to a camera at a time, and none to a camera that is live. */
export class Doctor implements Disposable {
  readonly #parts: DoctorParts
  readonly #running = new Set<string>()
  readonly #closing = new AbortController()

  constructor(parts: DoctorParts) {
    this.#parts = parts
  }

  /** @throws {AtalayaError} `diagnosis_running` while this camera or too many others are being looked at */
  async diagnose(camera: Camera, language: 'en' | 'es'): Promise<Diagnosis> {
    const { state, config } = camera
    return state === 'live'
      ? livePicture(config.source, language)
      : this.#visit(this.#parts.guard?.camera(config) ?? config, language)
  }

  /**
   * Visits a camera that need not be one of the gateway's.
   * @throws {AtalayaError} `bad_camera` for an address that is no camera's; `diagnosis_running` while one with this id or too many others are being looked at
   */
  async tryOut(config: CameraConfig, language: 'en' | 'es'): Promise<Diagnosis> {
    return this.#visit((await this.#parts.guard?.sent(config)) ?? config, language)
  }

  async #visit(config: CameraConfig, language: 'en' | 'es'): Promise<Diagnosis> {
    const { id } = config
    if (this.#running.has(id) || this.#running.size >= MAX_RUNNING) throw new AtalayaError('diagnosis_running')
    this.#running.add(id)
    try {
      const findings = await inspectCamera(config, this.#parts, QUICK_TIMES, this.#closing.signal)
      return { ok: findings.givesPictures, live: false, steps: describeSteps(findings, config.source, language) }
    } finally {
      this.#running.delete(id)
    }
  }

  /** Ends the visits. */
  [Symbol.dispose](): void {
    this.#closing.abort()
  }
}

const MAX_RUNNING = 4

/** A camera may have one session only: that is not to be lost over a question whose answer is known. */
function livePicture(source: Parameters<typeof placeOf>[0], language: 'en' | 'es'): Diagnosis {
  const message = DIAGNOSIS_WORDS[language].passed.live
  const steps = placeOf(source) ? DIAGNOSIS_STEPS : DIAGNOSIS_STEPS.slice(4)
  return { ok: true, live: true, steps: steps.map((step) => ({ step, ok: true, ms: null, message, advice: null })) }
}
