import { residentMemory, zombiesOf } from '../../bench/process-usage.ts'
import { median } from '../../bench/statistics.ts'
import { pause, waitUntil } from '../../bench/waiting.ts'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import {
  freePort,
  type GatewayProcess,
  type GatewayProcessOptions,
  openDescriptors,
  startGatewayProcess,
} from '../e2e/gateway-process.ts'
import { type Clip, loadClip } from '../fake-camera/clip.ts'
import { type FakeCamera, type FakeCameraSettings, startFakeCamera } from '../fake-camera/fake-camera.ts'
import { type BystanderReport, Bystanders } from './bystanders.ts'
import { WatchedStream } from './watched-stream.ts'

/** What the gateway held before and after the fault. */
export interface Holdings {
  /** Resident bytes of the main process, its garbage collected. */
  readonly memory: number
  readonly descriptors: number
  readonly zombies: number
}

export interface LabReport {
  readonly bystanders: BystanderReport
  /** The same at a gateway that no fault befalls: what the machine itself costs them at that time. */
  readonly control: BystanderReport
  readonly before: Holdings
  readonly after: Holdings
}

export interface LabOptions {
  /** Shorter outages and fewer repetitions. */
  readonly isQuick: boolean
  /** Healthy cameras, and viewers of each. */
  readonly bystanders: { readonly cameras: number; readonly each: number }
}

/** How the gateway of a fault is set up, beyond its cameras. */
export interface Setting {
  /** Further top-level lines of `atalaya.yaml`. */
  readonly config?: string
  readonly env?: Readonly<Record<string, string>>
  /** Where it runs; a new folder unless given. */
  readonly folder?: string
  /** Healthy cameras, where a fault needs another number of them. */
  readonly bystanders?: number
  /** Modules that are loaded into the gateway before anything else. */
  readonly hooks?: readonly string[]
}

/** One gateway, the healthy cameras beside the one that suffers, and all that a fault starts; ended together. */
export class Lab implements AsyncDisposable {
  readonly isQuick: boolean
  readonly #options: LabOptions
  readonly #bystanders = new Bystanders()
  readonly #control = new Bystanders()
  #controlGateway: GatewayProcess | undefined
  readonly #things = new AsyncDisposableStack()
  #gateway: GatewayProcess | undefined
  #start: GatewayProcessOptions | undefined
  #before: Holdings | undefined
  #isMeantToEnd = false

  constructor(options: LabOptions) {
    this.#options = options
    this.isQuick = options.isQuick
  }

  get gateway(): GatewayProcess {
    if (!this.#gateway) throw new Error('the gateway is not started yet')
    return this.#gateway
  }

  /** One value for the whole matrix, another for a quick run. */
  choose<T>(full: T, quick: T): T {
    return this.isQuick ? quick : full
  }

  /** Ends something together with the laboratory. */
  use<T extends Disposable | AsyncDisposable>(thing: T): T {
    return this.#things.use(thing)
  }

  /** The clip that cameras play unless a fault needs another. */
  clip(settings: Partial<Parameters<typeof loadClip>[0]> = {}): Promise<Clip> {
    return loadClip({ width: 320, height: 180, fps: 20, frames: 100, gop: 20, bitrate: 400_000, ...settings })
  }

  async camera(settings: Partial<FakeCameraSettings> = {}): Promise<FakeCamera> {
    return this.use(await startFakeCamera({ clip: await this.clip(), ...settings }))
  }

  /**
   * Starts the gateway with the healthy cameras and these: an address, or the settings of a camera in YAML's flow style. Waits until
   * the bystanders see pictures, and begins to measure.
   */
  async start(cameras: Readonly<Record<string, string>>, setting: Setting = {}): Promise<void> {
    process.once('exit', this.#kill)
    const starts = [this.#startMain(cameras, setting), this.#startControl()]
    await Promise.allSettled(starts) // one that fails must not leave the other behind
    await Promise.all(starts)
  }

  async #startControl(): Promise<void> {
    const [url = ''] = await this.#control.startCameras(1)
    this.#controlGateway = await startGatewayProcess({ args: [url] })
    await this.#control.watch([`${this.#controlGateway.url}/camera/1`], this.#options.bystanders.each)
  }

  async #startMain(cameras: Readonly<Record<string, string>>, setting: Setting): Promise<void> {
    const healthy = await this.#bystanders.startCameras(setting.bystanders ?? this.#options.bystanders.cameras)
    const lines = [
      ...healthy.map((url, index) => `  by${index}: ${url}`),
      ...Object.entries(cameras).map(([id, text]) => `  ${id}: ${text}`),
    ]
    const imports = [HOOK, ...(setting.hooks ?? [])].map((hook) => `--import ${hook}`).join(' ')
    this.#start = {
      config: `${setting.config ?? ''}\ncameras:\n${lines.join('\n')}\n`,
      env: { NODE_OPTIONS: `--expose-gc ${imports}`, ...setting.env },
      port: await freePort(),
      ...(setting.folder && { folder: setting.folder }),
    }
    this.#gateway = await startGatewayProcess(this.#start)
    await this.#bystanders.watch(
      healthy.map((_, index) => `${this.gateway.url}/camera/by${index}`),
      this.#options.bystanders.each,
    )
  }

  /** Starts the gateway once more, as it was started, after it has ended. */
  async startAgain(): Promise<void> {
    this.#gateway = await startGatewayProcess(this.#start)
  }

  /** The fault begins now: what the gateway holds, and what bystanders see from here on, is what counts. */
  async begin(): Promise<void> {
    this.#before = await this.#holdings()
    await Promise.all([this.#bystanders.reset(), this.#control.reset()])
  }

  /** What the fault did beyond its own camera. */
  async report(): Promise<LabReport> {
    const [bystanders, control] = await Promise.all([this.#bystanders.report(), this.#control.report()])
    const after = this.gateway.hasEnded ? NOTHING : await this.#holdings()
    return { bystanders, control, before: this.#before ?? NOTHING, after }
  }

  async status(id: string): Promise<CameraStatus> {
    const camera = (await this.gateway.getJson<Record<string, CameraStatus>>('/status'))[id]
    if (!camera) throw new Error(`no camera ${id}`)
    return camera
  }

  /** Seconds until the camera's state, and reason where one is given, is this. */
  untilState(id: string, wanted: Partial<Pick<CameraStatus, 'state' | 'reason'>>, limitSeconds: number): Promise<number> {
    const names = Object.keys(wanted) as ('state' | 'reason')[]
    return waitUntil(
      `${id} is ${Object.values(wanted).join(', ')}`,
      async () => {
        const status = await this.status(id)
        return names.every((name) => status[name] === wanted[name])
      },
      limitSeconds,
    )
  }

  /** A viewer of a camera, once it sees pictures. */
  async watch(id: string, query = ''): Promise<WatchedStream> {
    const stream = this.use(new WatchedStream(`${this.gateway.url}/camera/${id}${query}`))
    await waitUntil(`pictures of ${id}`, () => stream.distinct > 3, 20)
    return stream
  }

  /** Says that the fault ends the gateway, which is no accident. */
  expectEnd(): void {
    this.#isMeantToEnd = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#things.disposeAsync()
    process.off('exit', this.#kill)
    const hasEnded = this.#isMeantToEnd && this.#gateway !== undefined && (await ended(this.#gateway))
    if (!hasEnded) await this.#gateway?.[Symbol.asyncDispose]()
    await this.#controlGateway?.[Symbol.asyncDispose]()
    await Promise.all([this.#bystanders[Symbol.asyncDispose](), this.#control[Symbol.asyncDispose]()])
  }

  readonly #kill = () => {
    for (const gateway of [this.#gateway, this.#controlGateway]) gateway?.signal('SIGKILL')
  }

  async #holdings(): Promise<Holdings> {
    const { gateway } = this
    const readings: number[] = []
    for (let count = 0; count < 3; count++) {
      gateway.signal('SIGUSR2')
      await pause(0.15)
      readings.push(residentMemory(gateway.pid))
    }
    return { memory: median(readings), descriptors: await openDescriptors(gateway.pid), zombies: zombiesOf(gateway.pid).length }
  }
}

const HOOK = new URL('../../bench/collect-on-signal.ts', import.meta.url).href
const NOTHING: Holdings = { memory: 0, descriptors: 0, zombies: 0 }

/** Whether it has ended, given a moment to do so. */
async function ended(gateway: GatewayProcess): Promise<boolean> {
  return Promise.race([gateway.ended().then(() => true), pause(2).then(() => false)])
}
