import { randomBytes } from 'node:crypto'
import type { CameraDetail } from '../api/camera-detail.ts'
import { AtalayaError } from '../api/errors.ts'
import { RefusedError } from '../api/refused-error.ts'
import type { ReloadedCameras, ReloadReport } from '../api/reload.ts'
import { BAD_ID } from '../config/build-config.ts'
import type { CameraConfig, Config } from '../config/config.ts'
import { hasPassword, type LocalCamera } from '../config/local-camera.ts'
import { readSettings, type SentSettings } from '../config/read-settings.ts'
import { isSameSettings } from '../config/same-settings.ts'
import { saveLocalCameras } from '../config/save-local-cameras.ts'
import { CAMERA_ID } from '../config/schema.ts'
import type { EventLog } from '../telemetry/event-log.ts'
import type { Camera } from './camera.ts'
import type { DestinationGuard } from './destination-guard.ts'
import type { Registry } from './registry.ts'

/** What the editor works with. */
export interface CameraEditorParts {
  /** What is in force, at each look. */
  readonly config: Config
  readonly cameras: Registry
  readonly events: EventLog
  readonly createCamera: (config: CameraConfig) => Camera
  /** Told of each camera that has ended for good. */
  readonly onRetired?: (camera: Camera) => void
  /** Refuses addresses where no camera is. */
  readonly guard?: Pick<DestinationGuard, 'sent'>
  /** Keeps the cameras; `saveLocalCameras` where nothing else is given. */
  readonly save?: typeof saveLocalCameras
}

/** Another configuration, and what is done once its cameras run. */
export interface Reloading {
  readonly config: Config
  readonly putInForce: (cameras: ReloadedCameras) => ReloadReport
}

/** On which configurations of a camera a change is meant to build (RFC 9110 section 13.1). */
export interface Precondition {
  /** Whether the tag of the present configuration will do; undefined: there is no such camera. */
  holds(tag: string | undefined): boolean
}

/** A camera, and the entity tag of its configuration, quotes included. */
export interface DescribedCamera {
  readonly detail: CameraDetail
  readonly tag: string
}

/**
 * Adds, changes and removes cameras while the gateway runs. One change at a time; each is checked, then kept, and only then
 * done, so that a change which fails has changed nothing.
 */
export class CameraEditor {
  readonly #parts: CameraEditorParts
  readonly #local: Map<string, LocalCamera>
  readonly #tags = new Map<string, string>()
  #tagCount = 0
  #pending = 0
  #queue: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(parts: CameraEditorParts) {
    this.#parts = parts
    this.#local = new Map(parts.config.local.cameras)
    for (const id of parts.config.cameras.keys()) this.#renewTag(id)
  }

  /**
   * Everything about one camera, and the entity tag of its configuration, which changes with that only.
   * @throws {AtalayaError} `camera_not_found`
   */
  describe(id: string): DescribedCamera {
    const camera = this.#parts.cameras.get(id)
    const local = this.#local.get(id)
    const detail: CameraDetail = {
      ...camera.status(),
      source: local ? 'local' : 'file',
      persisted: !local || this.#parts.config.local.file !== undefined,
      hasPassword: hasPassword(camera.config),
      settings: local?.shown() ?? null,
    }
    return { detail, tag: this.#tags.get(id) ?? '' }
  }

  /**
   * Adds a camera and starts it.
   * @throws {AtalayaError} `bad_parameter`, `camera_exists`, `camera_is_in_file`, `too_many_cameras`, `bad_camera`, `storage_full`, `storage_failed`
   */
  create(id: string, sent: SentSettings): Promise<DescribedCamera> {
    return this.#inTurn(async () => {
      checkId(id)
      if (this.#tags.has(id)) throw new AtalayaError('camera_exists', `There is a camera "${id}" already.`)
      await this.#put(id, sent)
      return this.describe(id)
    })
  }

  /**
   * Gives a camera these settings and none of its former ones but the password. The former camera ends with its viewers;
   * nothing is touched where the settings are the same. Adds the camera where there is none.
   * @throws {AtalayaError} `precondition_failed`, and as `create()`
   */
  replace(id: string, sent: SentSettings, precondition: Precondition): Promise<DescribedCamera & { isNew: boolean }> {
    return this.#inTurn(async () => {
      checkId(id)
      this.#check(id, precondition)
      const isNew = !this.#tags.has(id)
      await this.#put(id, sent)
      return { ...this.describe(id), isNew }
    })
  }

  /**
   * Ends a camera with its viewers and forgets it.
   * @throws {AtalayaError} `camera_not_found`, `camera_is_in_file`, `precondition_failed`, `storage_full`, `storage_failed`
   */
  remove(id: string, precondition: Precondition): Promise<void> {
    return this.#inTurn(async () => {
      const camera = this.#parts.cameras.get(id)
      this.#check(id, precondition)
      this.#refuseFromFile(id)
      const remaining = new Map(this.#local)
      remaining.delete(id)
      await this.#keep(remaining)
      await this.#end(camera.id)
    })
  }

  /**
   * Puts other cameras in the place of all: those that are gone end with their viewers, changed ones go on with theirs, and
   * those that are the same are not touched.
   * @param read told of the cameras that were added here; what it gives back is put in force
   */
  reload(read: (local: ReadonlyMap<string, LocalCamera>) => Promise<Reloading>): Promise<ReloadReport> {
    return this.#inTurn(async () => {
      const { config, putInForce } = await read(this.#local)
      const { added, changed, removed } = compareCameras(this.#parts.cameras, config.cameras)
      this.#replaceLocal(config.local.cameras)
      await Promise.all(removed.map((id) => this.#end(id)))
      const reconnected = await Promise.all(changed.map((id) => this.#change(id, config.cameras)))
      for (const id of added) this.#begin(id, config.cameras)
      this.#parts.cameras.arrange(config.cameras.keys())
      return putInForce({ added, changed, removed, reconnected: changed.filter((_, index) => reconnected[index]) })
    })
  }

  /**
   * The camera that these settings would give, checked as if they were to be kept. With the id of a camera they may lack its
   * password, as for `replace()`.
   * @throws {AtalayaError} `bad_parameter`, `bad_camera`
   */
  tryOut(id: string | undefined, sent: SentSettings): CameraConfig {
    if (id !== undefined) checkId(id)
    const former = id === undefined ? undefined : this.#local.get(id)
    return readSettings(id ?? 'new', sent, this.#parts.config.defaults, former).config
  }

  /** Whether a camera stands in the configuration, and was not added by the API. */
  isFromFile(id: string): boolean {
    return this.#tags.has(id) && !this.#local.has(id)
  }

  /** Waits for changes that are under way; later ones are refused. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#queue
  }

  async #put(id: string, sent: SentSettings): Promise<void> {
    const { config, cameras, events, createCamera, onRetired } = this.#parts
    const former = this.#local.get(id)
    if (this.#tags.has(id)) this.#refuseFromFile(id)
    else if (this.#tags.size >= config.limits.cameras) {
      throw new AtalayaError(
        'too_many_cameras',
        `There are ${this.#tags.size} cameras already, as many as limits.cameras allows.`,
      )
    }
    const next = readSettings(id, sent, config.defaults, former)
    this.#refuseSecondDefault(id, next)
    if (former && isSame(former, next)) return
    await this.#parts.guard?.sent(next.config)
    await this.#keep(new Map(this.#local).set(id, next))
    this.#renewTag(id)
    const retired = await cameras.put(createCamera(next.config))
    if (retired) onRetired?.(retired)
    events.publish({ type: 'config', camera: id, change: former ? 'changed' : 'added' })
  }

  async #end(id: string): Promise<void> {
    const { cameras, events, onRetired } = this.#parts
    const camera = cameras.get(id)
    this.#tags.delete(id)
    await cameras.remove(camera)
    onRetired?.(camera)
    events.publish({ type: 'config', camera: id, change: 'removed' })
  }

  #begin(id: string, configs: Config['cameras']): void {
    const { cameras, events, createCamera } = this.#parts
    const config = configs.get(id)
    if (!config) return
    const camera = createCamera(config)
    cameras.add(camera)
    camera.start()
    this.#renewTag(id)
    events.publish({ type: 'config', camera: id, change: 'added' })
  }

  async #change(id: string, configs: Config['cameras']): Promise<boolean> {
    const { cameras, events } = this.#parts
    const config = configs.get(id)
    if (!config) return false
    this.#renewTag(id)
    const isReconnected = await cameras.get(id).change(config)
    events.publish({ type: 'config', camera: id, change: 'changed' })
    return isReconnected
  }

  #replaceLocal(cameras: ReadonlyMap<string, LocalCamera>): void {
    this.#local.clear()
    for (const [id, camera] of cameras) this.#local.set(id, camera)
  }

  #check(id: string, precondition: Precondition): void {
    if (precondition.holds(this.#tags.get(id))) return
    throw new AtalayaError('precondition_failed', `Camera "${id}" is not as it was when you looked; nothing was changed.`)
  }

  #refuseFromFile(id: string): void {
    if (this.#local.has(id)) return
    throw new AtalayaError(
      'camera_is_in_file',
      `Camera "${id}" is in the configuration that the gateway was started with, which is never rewritten: edit it there.`,
    )
  }

  #refuseSecondDefault(id: string, { config }: LocalCamera): void {
    if (!config.default) return
    for (const [other, camera] of this.#local) {
      if (other === id || !camera.config.default) continue
      throw new RefusedError('bad_camera', [
        { path: 'default', message: `camera ${other} is the default already: change that one first` },
      ])
    }
  }

  async #keep(cameras: ReadonlyMap<string, LocalCamera>): Promise<void> {
    const { config, save = saveLocalCameras } = this.#parts
    if (config.local.file !== undefined) {
      await save(config.local.file, new Map([...cameras].map(([id, camera]) => [id, camera.reveal()])))
    }
    this.#replaceLocal(cameras)
  }

  #renewTag(id: string): void {
    this.#tags.set(id, `"${PROCESS_TAG}-${++this.#tagCount}"`)
  }

  #inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw new AtalayaError('shutting_down')
    if (this.#pending >= MOST_PENDING) throw new AtalayaError('too_many_changes')
    this.#pending++
    const done = this.#queue.then(change).finally(() => this.#pending--)
    this.#queue = done.catch(() => undefined) // whoever asked for the change is told; the next one does not care
    return done
  }
}

function compareCameras(running: Registry, next: Config['cameras']): Omit<ReloadedCameras, 'reconnected'> {
  const removed = [...running].flatMap(({ id }) => (next.has(id) ? [] : [id]))
  const added = [...next.keys()].filter((id) => !running.has(id))
  const changed = [...running].flatMap(({ id, config }) => (next.has(id) && !isSameSettings(config, next.get(id)) ? [id] : []))
  return { added, changed, removed }
}

function checkId(id: string): void {
  if (!CAMERA_ID.test(id)) throw new RefusedError('bad_parameter', [{ path: 'id', message: BAD_ID }])
}

function isSame(former: LocalCamera, next: LocalCamera): boolean {
  const [a, b] = [former, next].map((camera) => JSON.stringify(Object.entries(camera.reveal()).toSorted()))
  return a === b
}

/** Counting begins anew with each start of the program; a tag must not. */
const PROCESS_TAG = randomBytes(4).toString('hex')
/** Each waits for a file to be written and a camera to be torn down. */
const MOST_PENDING = 100
