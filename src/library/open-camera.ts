import type { Camera as GatewayCamera } from '../cameras/camera.ts'
import { configFromObject } from '../config/load-config.ts'
import type { CameraObject } from '../config/schema.ts'
import { type Gateway, openGateway } from '../gateway.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { Camera } from './camera.ts'
import type { GatewayOptions } from './gateway.ts'

/**
 * Opens a single camera without a gateway: by its address, or by the settings that a camera has in the configuration, such as
 * `{ url, user, password, connect }`. It connects in the background; `picture()` and `pictures()` wait for it.
 * @throws {ConfigError} `bad_config` when the address or a setting cannot be used
 */
export async function openCamera(source: string | CameraObject, options: GatewayOptions = {}): Promise<OpenedCamera> {
  const { log = SILENT_LOG } = options
  const { config, warnings } = configFromObject({ cameras: { [ID]: source } })
  for (const warning of warnings) log.warn({}, warning)
  const gateway = await openGateway(config, { log })
  return new OpenedCamera(gateway.camera(ID), gateway)
}

/** A camera with engines of its own. Close it, or declare it with `await using`. */
export class OpenedCamera extends Camera implements AsyncDisposable {
  readonly #gateway: Gateway

  /** @internal Such cameras come from `openCamera(…)`. */
  constructor(camera: GatewayCamera, gateway: Gateway) {
    super(camera, gateway.pilot)
    this.#gateway = gateway
  }

  /** Ends loops and streams, tears the session down, ends the engines. Resolves when nothing is left. */
  close(): Promise<void> {
    return this.#gateway.close()
  }

  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

const ID = 'camera'
