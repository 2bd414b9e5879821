import type { CameraState } from '../api/camera-state.ts'
import type { CameraStatus } from '../api/camera-status.ts'
import { AtalayaError } from '../api/errors.ts'
import { type PtzCommand, PtzCommandBody } from '../api/ptz.ts'
import type { Camera as GatewayCamera } from '../cameras/camera.ts'
import type { Pilot } from '../cameras/pilot.ts'
import { takeSnapshot } from '../delivery/snapshot.ts'
import type { PtzPreset } from '../onvif/ptz.ts'
import { type Picture, toPublicPicture } from './picture.ts'
import { PictureLoop } from './picture-loop.ts'
import { checkPictureOptions, type PictureOptions, type PicturesOptions } from './picture-options.ts'

/**
 * One camera. It connects, retries for ever and decodes by itself, but makes pictures only while somebody wants them.
 * The object serves until its gateway closes, or until the camera is changed or removed: then it is on hold for ever.
 */
export class Camera {
  readonly #camera: GatewayCamera
  readonly #pilot: CameraPilot

  /** @internal Cameras come from `gateway.camera(id)` and `openCamera(…)`. */
  constructor(camera: GatewayCamera, pilot: CameraPilot) {
    this.#camera = camera
    this.#pilot = pilot
    BEHIND.set(this, camera)
  }

  /** As the configuration names it; part of web addresses. */
  get id(): string {
    return this.#camera.id
  }

  /** What people call it. */
  get name(): string {
    return this.#camera.config.name
  }

  /** `stopped`: on hold, or on demand and not wanted now. `connecting`, `live`, or `offline`: `status().reason` says why. */
  get state(): CameraState {
    return this.#camera.state
  }

  /** All that is known of the camera at this moment, as `/status` tells it. Spans are in seconds; there are no credentials in it. */
  status(): CameraStatus {
    return this.#camera.status()
  }

  /** Lifts a hold. A camera with `connect: always` connects now, one on demand when pictures are wanted. Does nothing to a running camera. */
  start(): void {
    this.#camera.start()
  }

  /**
   * Puts the camera on hold: ends its viewers and loops, frees connection and decoder, and stays so until `start()`.
   * Resolves when the camera's session is torn down.
   */
  stop(): Promise<void> {
    return this.#camera.stop()
  }

  /** Drops the connection, or the wait for the next try, and connects at once. A camera on hold stays there. */
  reconnect(): void {
    this.#camera.reconnect()
  }

  /** Makes a camera that should be connected try at once, and leaves alone one that is live, connecting or on hold. */
  ensureAlive(): void {
    this.#camera.ensureAlive()
  }

  /**
   * One picture: the newest that exists, or one no older than `maxAge`.
   * @throws {AtalayaError} `camera_offline`, at once where that is known; `camera_stopped` while on hold; `no_picture` when
   * none came within `wait`; `bad_parameter`; `engine_unavailable`, `quarantined` where the video cannot be decoded.
   */
  async picture(options: PictureOptions = {}): Promise<Picture> {
    checkPictureOptions(options)
    const { maxAge, wait = DEFAULT_WAIT, signal = new AbortController().signal, ...request } = options
    return toPublicPicture(await takeSnapshot(this.#camera, { request, maxAge, wait }, signal))
  }

  /**
   * Pictures as they come, for `for await`. A consumer that is slower than the camera always gets the newest picture and skips
   * those between; `sequence` tells how many. An outage of the camera is a pause. The loop ends when the camera is put on
   * hold, its gateway closes, or the signal is aborted; leaving it frees what it held at once.
   * @throws {AtalayaError} `bad_parameter`; when the loop begins: `camera_stopped` while on hold, `too_many_viewers`; inside
   * the loop: `engine_unavailable`, `quarantined` where the video cannot be decoded.
   */
  pictures(options: PicturesOptions = {}): AsyncIterable<Picture> {
    checkPictureOptions(options)
    const { signal, ...request } = options
    return { [Symbol.asyncIterator]: () => new PictureLoop(this.#camera, request, signal) }
  }

  /**
   * Moves a camera that has a motor, or stops it. Resolves when the camera was told; every move ends by itself, after half a
   * second unless `ms` says otherwise. Commands of one camera are carried out one after the other.
   * @throws {AtalayaError} `no_ptz` where it is not known how the camera is moved, `bad_parameter`, `too_many_changes` while many
   * commands wait; `refused`, `unreachable`, `closed`, `auth_failed`, `unsupported`, `protocol_error`: why the camera did not do it.
   */
  async ptz(command: PtzCommand): Promise<void> {
    await this.#pilot.carryOut(this.#camera.config, checkPtzCommand(command))
  }

  /**
   * The positions that are stored in a camera with a motor; `ptz({ action: 'preset', preset: id })` goes to one.
   * @throws {AtalayaError} as `ptz` does
   */
  presets(): Promise<PtzPreset[]> {
    return this.#pilot.presets(this.#camera.config)
  }
}

/** What moves the cameras of a gateway. */
export type CameraPilot = Pick<Pilot, 'carryOut' | 'presets'>

function checkPtzCommand(command: PtzCommand): PtzCommand {
  const { success, data, error } = PtzCommandBody.safeParse(command)
  if (success) return data
  const [issue] = error.issues
  throw new AtalayaError('bad_parameter', `${issue?.path.join('.') || 'The command'} ${issue?.message ?? 'is not understood'}.`)
}

/** The camera behind a public one, for the other parts of the library. */
export function cameraBehind(camera: Camera): GatewayCamera {
  const behind = BEHIND.get(camera)
  if (!behind) throw new TypeError('This is no camera of a gateway: take one from gateway.camera(id) or openCamera(…)')
  return behind
}

/** Seconds, as in the HTTP interface. */
const DEFAULT_WAIT = 10

const BEHIND = new WeakMap<Camera, GatewayCamera>()
