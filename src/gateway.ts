import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { CameraStatus } from './api/camera-status.ts'
import { AtalayaError } from './api/errors.ts'
import { Camera } from './cameras/camera.ts'
import { Registry } from './cameras/registry.ts'
import type { CameraConfig, Config, ServerConfig } from './config/config.ts'
import { EnginePool } from './engine/engine-pool.ts'
import { limitUnsentBytes } from './lib/unsent-limit.ts'
import { createHttpServer } from './server/http-server.ts'
import { openSource } from './sources/open-source.ts'
import type { Log } from './telemetry/log.ts'
import { PrometheusMetrics } from './telemetry/prometheus.ts'

/** What the program around the gateway provides. */
export interface GatewayOptions {
  readonly log: Log
}

/** This program's version. */
export const VERSION: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version

/**
 * Starts a gateway: engines, cameras and the HTTP server, in this order.
 * @throws {AtalayaError} `port_in_use`, `cannot_listen`
 */
export async function startGateway(config: Config, options: GatewayOptions): Promise<Gateway> {
  const gateway = new Gateway(config, options)
  try {
    await gateway.start()
    return gateway
  } catch (error) {
    await gateway.close()
    throw error
  }
}

/** The composition root: makes the parts, passes them down, and ends them in reverse order. */
export class Gateway implements AsyncDisposable {
  readonly #config: Config
  readonly #log: Log
  readonly #engines: EnginePool
  readonly #cameras = new Registry()
  readonly #metrics: PrometheusMetrics
  #server: FastifyInstance | undefined
  #closing: Promise<void> | undefined

  constructor(config: Config, { log }: GatewayOptions) {
    this.#config = config
    this.#log = log
    this.#engines = new EnginePool(log)
    this.#metrics = new PrometheusMetrics(VERSION, () => this.cameras)
    for (const camera of config.cameras.values()) this.#cameras.add(this.#createCamera(camera))
  }

  /** The state of every camera, in the order of the configuration. */
  get cameras(): CameraStatus[] {
    return [...this.#cameras].map((camera) => camera.status())
  }

  /** Where the gateway listens; the port is the real one where the configuration says 0. */
  get address(): { host: string; port: number } {
    const address = this.#server?.server.address() as AddressInfo | null | undefined
    return { host: this.#config.server.host, port: address?.port ?? this.#config.server.port }
  }

  /** @throws {AtalayaError} `camera_not_found` */
  camera(id: string): Camera {
    return this.#cameras.get(id)
  }

  async start(): Promise<void> {
    this.#engines.start()
    this.#server = await createHttpServer({
      config: this.#config,
      cameras: this.#cameras,
      metrics: this.#metrics,
      log: this.#log,
      version: VERSION,
      isShuttingDown: () => this.#closing !== undefined,
    })
    await listen(this.#server, this.#config.server)
    limitUnsentBytes(this.#server.server, this.#log)
    for (const camera of this.#cameras) camera.start()
  }

  /** Ends viewers on a whole picture, tears the cameras' sessions down, and frees everything. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    const serverClosed = this.#server?.close()
    await this.#cameras[Symbol.asyncDispose]()
    await serverClosed
    await this.#engines[Symbol.asyncDispose]()
  }

  #createCamera(config: CameraConfig): Camera {
    const parts = { engines: this.#engines, log: this.#log.child({ camera: config.id }) }
    return new Camera(config, { ...parts, openSource: () => openSource(config, parts) })
  }
}

async function listen(server: FastifyInstance, { host, port }: ServerConfig): Promise<void> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    throw listenFailure(error as NodeJS.ErrnoException, `port ${port} of ${host}`)
  }
}

function listenFailure(cause: NodeJS.ErrnoException, where: string): AtalayaError {
  if (cause.code === 'EADDRINUSE') return new AtalayaError('port_in_use', `The ${where} is in use.`, { cause })
  return new AtalayaError('cannot_listen', `The gateway cannot listen on ${where} (${cause.code ?? cause.message}).`, { cause })
}
