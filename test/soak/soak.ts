import { childrenOf, residentMemory } from '../../bench/process-usage.ts'
import { pause, waitUntil } from '../../bench/waiting.ts'
import { type GatewayProcess, openDescriptors, startGatewayProcess } from '../e2e/gateway-process.ts'
import { MjpegReader } from '../e2e/mjpeg-reader.ts'
import { loadClip } from '../fake-camera/clip.ts'
import { type FakeCamera, startFakeCamera } from '../fake-camera/fake-camera.ts'
import { ChurningViewers } from './churning-viewers.ts'
import { fitSlope, type Slope } from './slope.ts'

export interface SoakOptions {
  readonly minutes: number
  /** What is not judged yet, while caches fill and the compiler learns. */
  readonly warmUpMinutes: number
  readonly readingEveryS: number
  /** How often the flapping cameras fail. */
  readonly flapEveryS: number
  /** Told of every reading. */
  readonly onReading?: (reading: SoakReading) => void
}

/** What the gateway held at one instant. */
export interface SoakReading {
  /** Since the beginning. */
  readonly minutes: number
  /** Resident bytes of the main process, its garbage collected, and of its engines together. */
  readonly memory: number
  readonly engineMemory: number
  /** What JavaScript holds in the main process; the rest is code, and memory that the allocators keep for the next need. */
  readonly heap: number
  readonly descriptors: number
  readonly engines: number
}

export interface SoakReport {
  readonly readings: readonly SoakReading[]
  /** Megabytes an hour, after the warm-up. */
  readonly mainSlope: Slope
  readonly engineSlope: Slope
  readonly heapSlope: Slope
  /** The mean of the last tenth against the mean of the first tenth after the warm-up. */
  readonly descriptorChange: number
  /** Of the cameras that do not flap: the smallest share of its pictures that a camera's steady viewer got. */
  readonly steadyShare: number
  /** Steady viewers whose response ended. */
  readonly viewersLost: number
  readonly flaps: number
  readonly arrivals: number
  readonly refusals: Readonly<Record<string, number>>
  /** What the gateway said of failures that nothing caught, or how it ended. */
  readonly mishaps: readonly string[]
}

/**
 * Runs the real program with eight cameras, two of which fail once a minute, one by a reset and one by silence, while a viewer comes
 * and another goes each second, and watches what it holds.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  await using things = new AsyncDisposableStack()
  const clip = await loadClip({ width: 320, height: 180, fps: 15, frames: 60, gop: 15, bitrate: 400_000 })
  const cameras: FakeCamera[] = []
  for (let count = 0; count < CAMERAS; count++) cameras.push(things.use(await startFakeCamera({ clip })))
  const gateway = things.use(await startSoakedGateway(cameras))
  const steady = cameras.slice(FLAPPING).map((_, index) => new SteadyViewer(`${gateway.url}/camera/${FLAPPING + index + 1}`))
  for (const viewer of steady) things.use(viewer)
  const addresses = cameras.flatMap((_, index) => FLAVOURS.map((flavour) => `${gateway.url}/camera/${index + 1}${flavour}`))
  const churning = things.use(new ChurningViewers(addresses, { atOnce: CHURNING, everyMs: 1000 }))
  const flapping = things.use(new Flapping(cameras.slice(0, FLAPPING), options.flapEveryS))
  const readings = await watch(gateway, options)
  const judged = readings.filter(({ minutes }) => minutes >= options.warmUpMinutes)
  return {
    readings,
    mainSlope: slopeOf(judged, ({ memory }) => memory),
    engineSlope: slopeOf(judged, ({ engineMemory }) => engineMemory),
    heapSlope: slopeOf(judged, ({ heap }) => heap),
    descriptorChange: changeOf(judged.map(({ descriptors }) => descriptors)),
    steadyShare: Math.min(...steady.map(({ share }) => share)),
    viewersLost: steady.filter(({ isClosed }) => isClosed).length,
    flaps: flapping.count,
    arrivals: churning.arrivals,
    refusals: Object.fromEntries(churning.refusals),
    mishaps: mishapsOf(gateway),
  }
}

const CAMERAS = 8
const FLAPPING = 2
const CHURNING = 16
/** Two renditions, and single pictures. */
const FLAVOURS = ['', '?width=160&fps=5', '/snapshot']

/** SIGUSR2 makes it collect garbage. */
async function startSoakedGateway(cameras: readonly FakeCamera[]): Promise<GatewayProcess> {
  const hook = new URL('../../bench/collect-on-signal.ts', import.meta.url).href
  const gateway = await startGatewayProcess({
    config: `cameras:\n${cameras.map(({ url }, index) => `  "${index + 1}": ${url}\n`).join('')}`,
    env: { NODE_OPTIONS: `--expose-gc --import ${hook}` },
  })
  process.once('exit', () => gateway.signal('SIGKILL'))
  const areLive = async () =>
    Object.values(await gateway.getJson<Record<string, { active: boolean }>>('/status')).every(({ active }) => active)
  await waitUntil('all cameras are live', areLive, 30)
  return gateway
}

async function watch(gateway: GatewayProcess, { minutes, readingEveryS, onReading }: SoakOptions): Promise<SoakReading[]> {
  const readings: SoakReading[] = []
  const began = performance.now()
  const elapsed = () => (performance.now() - began) / 60_000
  while (elapsed() < minutes && gateway.exitCode === null) {
    await pause(readingEveryS)
    gateway.signal('SIGUSR2')
    await pause(COLLECTING_S)
    if (gateway.exitCode !== null) break
    const engines = childrenOf(gateway.pid)
    const reading = {
      minutes: elapsed(),
      memory: residentMemory(gateway.pid),
      engineMemory: engines.reduce((sum, pid) => sum + residentMemory(pid), 0),
      heap: await usedHeap(gateway),
      descriptors: await openDescriptors(gateway.pid),
      engines: engines.length,
    }
    readings.push(reading)
    onReading?.(reading)
  }
  return readings
}

const COLLECTING_S = 0.5

async function usedHeap({ url }: GatewayProcess): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^nodejs_heap_size_used_bytes (\S+)$/m.exec(metrics)?.[1])
}

function slopeOf(readings: readonly SoakReading[], value: (reading: SoakReading) => number): Slope {
  return fitSlope(readings.map((reading) => [reading.minutes / 60, value(reading) / 1e6]))
}

function changeOf(values: readonly number[]): number {
  const tenth = Math.max(1, Math.floor(values.length / 10))
  const mean = (some: readonly number[]) => some.reduce((sum, value) => sum + value, 0) / some.length
  return mean(values.slice(-tenth)) - mean(values.slice(0, tenth))
}

function mishapsOf(gateway: GatewayProcess): string[] {
  const lines = gateway.output.split('\n').filter((line) => /Something went wrong|unhandled|Warning:/i.test(line))
  return gateway.exitCode === null ? lines : [...lines, `it ended with ${gateway.exitCode}`]
}

/** Fails one camera after the other, and brings each back 5 s later: the first by a reset, the second by silence. */
class Flapping implements Disposable {
  count = 0
  readonly #timers: NodeJS.Timeout[]

  constructor([reset, silent]: readonly FakeCamera[], everyS: number) {
    const flap = (fail: () => unknown, heal: () => unknown) => () => {
      this.count++
      void fail()
      setTimeout(() => void heal(), Math.min(DOWN_MS, everyS * 500))
    }
    this.#timers = [
      setInterval(
        flap(
          () => reset?.kill(),
          () => reset?.revive(),
        ),
        everyS * 1000,
      ),
      setInterval(
        flap(
          () => silent?.stall(),
          () => silent?.resume(),
        ),
        everyS * 1000,
      ),
    ]
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearInterval(timer)
  }
}

/** Long enough for the watchdog to see the silence. */
const DOWN_MS = 8000

/** One that stays from the beginning to the end and counts. */
class SteadyViewer implements Disposable {
  readonly #reader: MjpegReader
  #first: number | undefined
  #last = 0
  #distinct = 0

  constructor(url: string) {
    this.#reader = new MjpegReader(url, {
      keep: false,
      onPicture: ({ sequence, isNotice }) => {
        if (isNotice || sequence <= this.#last) return
        this.#first ??= sequence
        this.#last = sequence
        this.#distinct++
      },
    })
  }

  get isClosed(): boolean {
    return this.#reader.isClosed
  }

  /** Of the pictures between its first and its last, so many it got. */
  get share(): number {
    return this.#first === undefined ? 0 : this.#distinct / (this.#last - this.#first + 1)
  }

  [Symbol.dispose](): void {
    this.#reader.close()
  }
}
