import { AtalayaError } from '../api/errors.ts'
import type { Camera } from './camera.ts'

/** The cameras of a gateway, in the order of the configuration; those that were added later follow. */
export class Registry implements AsyncDisposable {
  readonly #cameras = new Map<string, Camera>()

  add(camera: Camera): void {
    this.#cameras.set(camera.id, camera)
  }

  /** Takes the place of the camera with the same id, which comes back once it is torn down with its viewers, and starts. */
  async put(camera: Camera): Promise<Camera | undefined> {
    const former = this.#cameras.get(camera.id)
    await former?.retire(new AtalayaError('camera_stopped', `Camera ${camera.id} was changed; open it again.`))
    this.#cameras.set(camera.id, camera)
    camera.start()
    return former
  }

  /** Forgets the camera. Resolves when it is torn down with its viewers. */
  async remove(camera: Camera): Promise<void> {
    this.#cameras.delete(camera.id)
    await camera.retire(new AtalayaError('camera_not_found', `Camera ${camera.id} was removed.`))
  }

  /** Puts the cameras in the order of these ids. */
  arrange(ids: Iterable<string>): void {
    for (const id of ids) {
      const camera = this.#cameras.get(id)
      if (camera && this.#cameras.delete(id)) this.#cameras.set(id, camera)
    }
  }

  has(id: string): boolean {
    return this.#cameras.has(id)
  }

  /** @throws {AtalayaError} `camera_not_found` */
  get(id: string): Camera {
    const camera = this.#cameras.get(id)
    if (camera) return camera
    const known = this.#cameras.size === 0 ? 'there are none' : `there are: ${[...this.#cameras.keys()].slice(0, 20).join(', ')}`
    throw new AtalayaError('camera_not_found', `There is no camera "${id.slice(0, 64)}"; ${known}.`)
  }

  /**
   * The camera of `/video` and `/snapshot`: one that was added by the API and wants to be it, else that of the configuration.
   * @throws {AtalayaError} `camera_not_found` when the gateway has no camera.
   */
  get default(): Camera {
    return this.defaultOf(() => true)
  }

  /** As `default`, among the cameras that somebody may see. */
  defaultOf(isSeen: (camera: string) => boolean): Camera {
    const cameras = [...this.#cameras.values()].filter(({ id }) => isSeen(id))
    const camera = cameras.findLast(({ config }) => config.default) ?? cameras[0]
    if (!camera) throw new AtalayaError('camera_not_found', 'This gateway has no camera yet.')
    return camera
  }

  get size(): number {
    return this.#cameras.size
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
