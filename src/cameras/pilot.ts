import { AtalayaError } from '../api/errors.ts'
import type { PtzCommand } from '../api/ptz.ts'
import type { CameraConfig } from '../config/config.ts'
import { openPtz, type Ptz, type PtzPreset } from '../onvif/ptz.ts'
import type { Log } from '../telemetry/log.ts'
import type { DestinationGuard } from './destination-guard.ts'

/** Moves cameras, one command of each at a time, and ends every move: nobody has to come back to stop it. */
export class Pilot implements AsyncDisposable {
  readonly #log: Log
  /** By the configuration: a camera with new settings gets another motor. */
  readonly #motors = new Map<CameraConfig, Motor>()

  readonly #guard: Pick<DestinationGuard, 'camera'> | undefined

  /** @param guard keeps commands from going where no camera is */
  constructor(log: Log, guard?: Pick<DestinationGuard, 'camera'>) {
    this.#log = log
    this.#guard = guard
  }

  /** @throws {AtalayaError} `no_ptz`, `too_many_changes`, or why the camera did not do it */
  async carryOut(camera: CameraConfig, command: PtzCommand): Promise<void> {
    await this.#motorOf(camera).carryOut(command)
  }

  /** @throws {AtalayaError} as `carryOut` */
  async presets(camera: CameraConfig): Promise<PtzPreset[]> {
    return this.#motorOf(camera).presets()
  }

  /** Stops what moves. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#motors.values()].map((motor) => motor.rest()))
  }

  #motorOf(camera: CameraConfig): Motor {
    const { control, id } = this.#guard?.camera(camera) ?? camera
    if (!control) throw new AtalayaError('no_ptz', `It is not known how camera ${id} is moved: write its brand:, or onvif: true.`)
    const motor = this.#motors.get(camera) ?? new Motor(openPtz(control), this.#log.child({ camera: id }))
    for (const former of this.#motors.keys()) if (former.id === id && former !== camera) this.#motors.delete(former)
    this.#motors.set(camera, motor)
    return motor
  }
}

/** One camera's motor. */
class Motor {
  readonly #ptz: Ptz
  readonly #log: Log
  #queue: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #timer: NodeJS.Timeout | undefined

  constructor(ptz: Ptz, log: Log) {
    this.#ptz = ptz
    this.#log = log
  }

  carryOut(command: PtzCommand): Promise<void> {
    return this.#inTurn(async () => {
      this.#cancelStop()
      switch (command.action) {
        case 'move': {
          const { pan = 0, tilt = 0, zoom = 0, ms = DEFAULT_MOVE_MS } = command
          this.#timer = setTimeout(() => this.#stop(), ms) // also where the answer gets lost and the camera moves
          return this.#ptz.move({ pan, tilt, zoom }, ms)
        }
        case 'stop':
          return this.#ptz.stop()
        case 'home':
          return this.#ptz.goHome()
        case 'preset':
          return this.#ptz.goToPreset(command.preset)
      }
    })
  }

  presets(): Promise<PtzPreset[]> {
    return this.#inTurn(() => this.#ptz.presets())
  }

  async rest(): Promise<void> {
    if (this.#timer) await this.#stop()
  }

  #stop(): Promise<void> {
    this.#cancelStop()
    const stopped = this.#queue
      .then(() => this.#ptz.stop())
      .catch((error: unknown) => {
        this.#log.warn({ err: error }, 'the camera was not told to stop moving')
      })
    this.#queue = stopped
    return stopped
  }

  #cancelStop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MAX_WAITING) throw new AtalayaError('too_many_changes', 'Too many commands wait for this camera.')
    this.#waiting++
    const result = this.#queue.then(work)
    this.#queue = result.catch(() => undefined) // the caller is told
    try {
      return await result
    } finally {
      this.#waiting--
    }
  }
}

const DEFAULT_MOVE_MS = 500
const MAX_WAITING = 8
