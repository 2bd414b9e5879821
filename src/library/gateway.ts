import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { GatewayEvent } from '../api/events.ts'
import type { ReloadReport } from '../api/reload.ts'
import { configFromObject } from '../config/load-config.ts'
import type { ConfigObject } from '../config/schema.ts'
import { type Gateway as OpenGateway, openGateway } from '../gateway.ts'
import { type Log, SILENT_LOG } from '../telemetry/log.ts'
import { Camera } from './camera.ts'

/** What your program provides. */
export interface GatewayOptions {
  /** Where the log goes, in the shape of pino's loggers; nowhere unless given. */
  readonly log?: Log | undefined
}

/** How events are followed. */
export interface EventsOptions {
  /** Ends the loop, without an error. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Opens a gateway inside your own program. Its cameras run from now on; `listen()` or `handle()` shows them. It neither reads
 * nor writes a file: `${…}` in the configuration means nothing special.
 * @throws {ConfigError} `bad_config`, with every problem
 */
export async function createGateway(config: ConfigObject, options: GatewayOptions = {}): Promise<Gateway> {
  const { log = SILENT_LOG } = options
  const loaded = configFromObject(config)
  for (const warning of loaded.warnings) log.warn({}, warning)
  return new Gateway(await openGateway(loaded.config, { log }))
}

/** A running gateway. Close it, or declare it with `await using`: its engines are processes of their own. */
export class Gateway implements AsyncDisposable {
  readonly #gateway: OpenGateway
  readonly #cameras = new WeakMap<ReturnType<OpenGateway['camera']>, Camera>()

  /** @internal Gateways come from `createGateway(…)`. */
  constructor(gateway: OpenGateway) {
    this.#gateway = gateway
  }

  /** The cameras, in the order of the configuration. */
  get cameras(): Camera[] {
    return this.#gateway.cameras.map(({ id }) => this.camera(id))
  }

  /**
   * A camera by its id; the same object each time, until the camera is changed or removed through the HTTP interface.
   * @throws {AtalayaError} `camera_not_found`
   */
  camera(id: string): Camera {
    const behind = this.#gateway.camera(id)
    const camera = this.#cameras.get(behind) ?? new Camera(behind, this.#gateway.pilot)
    this.#cameras.set(behind, camera)
    return camera
  }

  /**
   * Puts another configuration in force: only what differs is touched. Viewers, loops and `Camera` objects of a changed camera stay, and
   * so do cameras that were added through the HTTP interface.
   * @throws {ConfigError} `bad_config`, with every problem; the former configuration stays in force
   */
  async reload(config: ConfigObject): Promise<ReloadReport> {
    return this.#gateway.replaceConfig(configFromObject(config))
  }

  /**
   * What happens to the cameras: first `hello` with the present state of each, then every change of a state, of a number of
   * viewers, or of the cameras themselves. Ends when the gateway closes or the signal is aborted. A consumer that falls far
   * behind gets `reset` and a new `hello`.
   */
  events(options: EventsOptions = {}): AsyncIterable<GatewayEvent> {
    return this.#gateway.events(options.signal)
  }

  /** Where the gateway listens, or would by its configuration. The port is the real one where 0 was asked for. */
  get address(): { host: string; port: number } {
    return this.#gateway.address
  }

  /**
   * Listens on this port, on this machine's loopback address unless another is named; port 0 takes any that is free. Without
   * arguments, where the configuration says.
   * @throws {AtalayaError} `port_in_use`, `cannot_listen`, `shutting_down`
   */
  listen(port?: number, host?: string): Promise<void> {
    return this.#gateway.listen(port, host)
  }

  /**
   * Answers a request that your own HTTP server received. Its `url` is one of the gateway's, such as `/camera/1`. Below a path of
   * yours give the configuration that `basePath`: with or without it in the `url`, all links fit.
   * @throws {AtalayaError} `shutting_down` when the gateway is closed
   */
  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#gateway.handle(request, response)
  }

  /**
   * Answers an upgrade that your own HTTP server received: `server.on('upgrade', …)`, with all that it hands over. The pages of
   * `<atalaya-camera>` need it for their WebSocket, `/api/wall`.
   * @throws {AtalayaError} `shutting_down` when the gateway is closed
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer = NOTHING): void {
    this.#gateway.upgrade(request, socket, head)
  }

  /** Ends viewers on a whole picture, tears the cameras' sessions down, ends the engines. Resolves when nothing is left. */
  close(): Promise<void> {
    return this.#gateway.close()
  }

  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

const NOTHING = Buffer.alloc(0)
