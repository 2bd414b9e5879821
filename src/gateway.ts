import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { CameraStatus } from './api/camera-status.ts'
import { AtalayaError } from './api/errors.ts'
import type { GatewayEvent } from './api/events.ts'
import type { ReloadReport } from './api/reload.ts'
import { Access } from './auth/access.ts'
import { Admission, reservedDescriptors } from './cameras/admission.ts'
import { Camera } from './cameras/camera.ts'
import { CameraEditor } from './cameras/camera-editor.ts'
import { CameraNews, summarize } from './cameras/camera-news.ts'
import { DestinationGuard } from './cameras/destination-guard.ts'
import { Doctor } from './cameras/diagnosis/doctor.ts'
import { Pilot } from './cameras/pilot.ts'
import { Registry } from './cameras/registry.ts'
import { Reloader } from './cameras/reloader.ts'
import { Viewers } from './cameras/viewers.ts'
import type { CameraConfig, Config, ServerConfig } from './config/config.ts'
import { ConfigInForce } from './config/config-in-force.ts'
import type { LoadedConfig } from './config/load-config.ts'
import { ChosenEngines } from './engine/chosen-engines.ts'
import { Descriptors } from './lib/descriptors.ts'
import { limitUnsentBytes } from './lib/unsent-limit.ts'
import { discoverCameras } from './onvif/discover-cameras.ts'
import { createHttpServer } from './server/http-server.ts'
import { Certificates } from './server/tls/certificates.ts'
import { routeUpgrade } from './server/upgrades.ts'
import { openSource } from './sources/open-source.ts'
import { EventLog } from './telemetry/event-log.ts'
import type { Log } from './telemetry/log.ts'
import { PrometheusMetrics } from './telemetry/prometheus.ts'

/** What the program around the gateway provides. */
export interface GatewayOptions {
  readonly log: Log
  /** Reads the configuration again; absent where it came from no file. */
  readonly load?: (() => Promise<LoadedConfig>) | undefined
}

/** This program's version. */
export const VERSION: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version

/** Opens a gateway that runs its cameras and does not listen yet. */
export async function openGateway(config: Config, options: GatewayOptions): Promise<Gateway> {
  const gateway = new Gateway(config, options)
  await gateway.start()
  return gateway
}

/**
 * Opens a gateway and listens where its configuration says.
 * @throws {AtalayaError} `port_in_use`, `cannot_listen`
 */
export async function startGateway(config: Config, options: GatewayOptions): Promise<Gateway> {
  const gateway = await openGateway(config, options)
  try {
    await gateway.listen(config.server.port, config.server.host)
    return gateway
  } catch (error) {
    await gateway.close()
    throw error
  }
}

/** The composition root: makes the parts, passes them down, and ends them in reverse order. */
export class Gateway implements AsyncDisposable {
  readonly #config: ConfigInForce
  readonly #log: Log
  readonly #engines: ChosenEngines
  readonly #cameras = new Registry()
  readonly #viewers = new Viewers()
  readonly #descriptors = new Descriptors({ reserve: () => reservedDescriptors(this.#cameras.size) })
  readonly #admission: Admission
  readonly #events = new EventLog(() => this.cameras.map(summarize))
  readonly #news = new CameraNews(this.#events)
  readonly #editor: CameraEditor
  readonly #reloader: Reloader
  readonly #doctor: Doctor
  readonly #pilot: Pilot
  readonly #metrics: PrometheusMetrics
  readonly #access: Access
  readonly #guard: DestinationGuard
  #certificates: Certificates | undefined
  #rightsTimer: NodeJS.Timeout | undefined
  #server: FastifyInstance | undefined
  #address: { host: string; port: number } | undefined
  #closing: Promise<void> | undefined

  constructor(config: Config, { log, load }: GatewayOptions) {
    this.#config = new ConfigInForce(config)
    this.#log = log
    this.#engines = new ChosenEngines(log, config.engine)
    this.#access = new Access({ config: this.#config, log })
    this.#guard = new DestinationGuard({
      ownPort: () => this.#address?.port,
      ownAddresses,
      listed: () => this.#config.destinations,
      isFromFile: (id) => this.#editor.isFromFile(id),
    })
    this.#pilot = new Pilot(log, this.#guard)
    this.#doctor = new Doctor({ engines: this.#engines, log, guard: this.#guard })
    this.#metrics = new PrometheusMetrics(VERSION, () => this.cameras)
    for (const camera of config.cameras.values()) this.#cameras.add(this.#createCamera(camera))
    this.#editor = new CameraEditor({
      config: this.#config,
      cameras: this.#cameras,
      events: this.#events,
      guard: this.#guard,
      createCamera: (camera) => this.#createCamera(camera),
      onRetired: (camera) => this.#forget(camera),
    })
    this.#admission = new Admission({
      cameras: this.#cameras,
      viewers: this.#viewers,
      descriptors: this.#descriptors,
      limits: () => this.#config.limits,
      log,
    })
    this.#reloader = new Reloader({
      config: this.#config,
      editor: this.#editor,
      events: this.#events,
      log,
      load,
      onRead: (isInForce) => this.#metrics.configRead(isInForce),
    })
  }

  /** The state of every camera, in the order of the configuration. */
  get cameras(): CameraStatus[] {
    return [...this.#cameras].map((camera) => camera.status())
  }

  /** Where the gateway listens, or would listen by its configuration. The port is the real one where 0 was asked for. */
  get address(): { host: string; port: number } {
    return this.#address ?? this.#config.server
  }

  /** What moves the cameras. */
  get pilot(): Pick<Pilot, 'carryOut' | 'presets'> {
    return this.#pilot
  }

  /** @throws {AtalayaError} `camera_not_found` */
  camera(id: string): Camera {
    return this.#cameras.get(id)
  }

  /** What happens to the cameras from now on, after a `hello` with the state of each; ends when the gateway closes. */
  events(signal?: AbortSignal): AsyncGenerator<GatewayEvent, void, undefined> {
    return this.#events.follow(signal)
  }

  /**
   * Reads the configuration again and touches what differs.
   * @throws {ConfigError} when it is wrong: the former one stays in force
   * @throws {AtalayaError} `no_config_file`, `shutting_down`
   */
  reload(): Promise<ReloadReport> {
    return this.#reloader.reload()
  }

  /** As `reload()`, with this configuration. */
  replaceConfig(loaded: LoadedConfig): Promise<ReloadReport> {
    return this.#reloader.replace(() => loaded)
  }

  /** Starts engines and cameras. */
  async start(): Promise<void> {
    await this.#access.start()
    const { tls, server } = this.#config
    this.#certificates = tls && (await Certificates.open({ tls, names: server.names, log: this.#log }))
    // Cameras over HTTP send JPEGs, for which nothing has to be decoded as a rule.
    if ([...this.#cameras].some(({ config }) => config.source.kind !== 'http')) this.#engines.start()
    this.#rightsTimer = setInterval(() => this.#viewers.recheck(), RECHECK_EVERY_MS).unref()
    this.#server = await createHttpServer({
      config: this.#config,
      access: this.#access,
      cameras: this.#cameras,
      editor: this.#editor,
      reloader: this.#reloader,
      doctor: this.#doctor,
      pilot: this.#pilot,
      discover: discoverCameras,
      viewers: this.#viewers,
      admission: this.#admission,
      descriptors: this.#descriptors,
      events: this.#events,
      metrics: this.#metrics,
      engine: () => this.#engines.name,
      log: this.#log,
      version: VERSION,
      certificates: this.#certificates,
      isShuttingDown: () => this.#closing !== undefined,
    })
    for (const camera of this.#cameras) camera.start()
  }

  /**
   * Listens on this port, on this machine's loopback address unless another is named; port 0 takes any that is free.
   * @throws {AtalayaError} `port_in_use`, `cannot_listen`
   */
  async listen(port = this.#config.server.port, host = this.#config.server.host): Promise<void> {
    const server = this.#running()
    await listen(server, { port, host })
    limitUnsentBytes(server.server, this.#log)
    this.#address = { host, port: (server.server.address() as AddressInfo).port }
  }

  /** Answers a request that your own HTTP server received; its path is the gateway's, such as `/camera/1`. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    const server = this.#running()
    limitUnsentBytes(request.socket, this.#log)
    server.routing(request, response)
  }

  /** Answers an upgrade that your own HTTP server received: `/api/wall` is a WebSocket, other addresses answer as ever. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const server = this.#running()
    limitUnsentBytes(request.socket, this.#log)
    routeUpgrade(server.routing, request, { stream: socket, head })
  }

  /** Ends viewers on a whole picture, tears the cameras' sessions down, and frees everything. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #running(): FastifyInstance {
    if (this.#server === undefined || this.#closing !== undefined)
      throw new AtalayaError('shutting_down', 'The gateway is closed.')
    return this.#server
  }

  async #close(): Promise<void> {
    this.#address = undefined
    clearInterval(this.#rightsTimer)
    this.#access[Symbol.dispose]()
    this.#certificates?.[Symbol.dispose]()
    this.#events.close()
    this.#news[Symbol.dispose]()
    this.#doctor[Symbol.dispose]()
    const serverClosed = this.#server?.close()
    await this.#editor.close()
    await this.#pilot[Symbol.asyncDispose]()
    await this.#cameras[Symbol.asyncDispose]()
    await serverClosed
    this.#metrics[Symbol.dispose]()
    await this.#engines[Symbol.asyncDispose]()
  }

  #forget(camera: Camera): void {
    this.#news.forget(camera)
    if (!this.#cameras.has(camera.id)) this.#metrics.forget(camera.id)
  }

  #createCamera(config: CameraConfig): Camera {
    const parts = { engines: this.#engines, log: this.#log.child({ camera: config.id }) }
    return new Camera(config, {
      ...parts,
      onChange: this.#news.onChange,
      onPacketDone: ({ id }, cost) => this.#metrics.packetDone(id, cost),
      openSource: ({ name, source }) => openSource({ name, source: this.#guard.source(config.id, source) }, parts),
    })
  }
}

/** What this machine is reached under. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ address }) => address) ?? [])
}

/** A right to watch that was taken back ends the stream within this time, and the second that the users' file takes. */
const RECHECK_EVERY_MS = 1000

async function listen(server: FastifyInstance, { host, port }: Pick<ServerConfig, 'host' | 'port'>): Promise<void> {
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
