import { AtalayaError } from '../api/errors.ts'
import type { Camera } from './camera.ts'

/** The cameras of a gateway, in the order of the configuration. */
export class Registry implements AsyncDisposable {
  readonly #cameras = new Map<string, Camera>()

  add(camera: Camera): void {
    this.#cameras.set(camera.id, camera)
  }

  /** @throws {AtalayaError} `camera_not_found` */
  get(id: string): Camera {
    const camera = this.#cameras.get(id)
    if (camera) return camera
    const known = this.#cameras.size === 0 ? 'there are none' : `there are: ${[...this.#cameras.keys()].slice(0, 20).join(', ')}`
    throw new AtalayaError('camera_not_found', `There is no camera "${id.slice(0, 64)}"; ${known}.`)
  }

  /**
   * The camera of `/video` and `/snapshot`.
   * @throws {AtalayaError} `camera_not_found` when the gateway has no camera.
   */
  get default(): Camera {
    const cameras = [...this.#cameras.values()]
    const camera = cameras.find(({ config }) => config.default) ?? cameras[0]
    if (!camera) throw new AtalayaError('camera_not_found', 'This gateway has no camera yet.')
    return camera
  }

  /** Streams being watched, all cameras together. */
  get viewers(): number {
    return [...this.#cameras.values()].reduce((sum, camera) => sum + camera.viewers, 0)
  }

  [Symbol.iterator](): Iterator<Camera> {
    return this.#cameras.values()
  }

  /** Stops all cameras together; resolves when every session is torn down. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#cameras.values()].map((camera) => camera[Symbol.asyncDispose]()))
  }
}
