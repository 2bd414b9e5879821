import type { ClipSettings } from '../test/fake-camera/clip.ts'
import { drawLineChart } from './charts/line-chart.ts'
import { startGateway } from './gateway.ts'
import { LightViewer } from './light-viewer.ts'
import { processUsage } from './process-usage.ts'
import { startReplayCamera } from './replay-camera.ts'
import type { Figure, Scenario } from './scenario.ts'
import { median } from './statistics.ts'
import { pause } from './waiting.ts'

/** From one camera to 64: connected while nobody looks, and with a viewer each who wants 5 pictures a second. */
export const manyCameras: Scenario = {
  name: 'many-cameras',
  title: '1 to 64 cameras of 2 Mbit/s, 640×360 at 25 pictures a second',
  async run({ isQuick, rounds }) {
    await using camera = await startReplayCamera(SUB_STREAM)
    const readings: Reading[] = []
    for (let round = 0; round < rounds; round++) {
      for (const count of COUNTS) readings.push(await measure(camera.url, count, isQuick ? 3 : 5))
    }
    const of = (count: number, key: keyof Reading) =>
      median(readings.filter((reading) => reading.count === count).map((reading) => reading[key]))
    const perCamera = (key: 'idleCpu' | 'idleMemory', from: number, to: number) => (of(to, key) - of(from, key)) / (to - from)
    const figures: Figure[] = [
      { what: '64 cameras, nobody looking: processor', value: of(64, 'idleCpu') * 100, unit: '% of a core', bar: { atMost: 20 } },
      {
        what: 'memory for each further camera',
        value: perCamera('idleMemory', 1, 64) / 1e6,
        unit: 'MB',
        bar: { atMost: 4 },
      },
      {
        what: 'processor for each camera, the last 48 beside the first 16',
        value: perCamera('idleCpu', 16, 64) * 100,
        peer: perCamera('idleCpu', 1, 16) * 100,
        unit: '% of a core',
      },
      ...COUNTS.map((count): Figure => {
        const value = of(count, 'watchedCpu') * 100
        return { what: `${count} cameras, one viewer each at 5 pictures a second: processor`, value, unit: '% of a core' }
      }),
      ...COUNTS.map((count): Figure => {
        return { what: `${count} cameras, one viewer each: pictures a second, the slowest`, value: of(count, 'slowest') }
      }),
    ]
    const curve = (name: string, key: 'idleCpu' | 'watchedCpu') => ({
      name,
      points: COUNTS.map((count) => [count, of(count, key) * 100] as const),
    })
    const chart = drawLineChart('Cameras and processor time', 'cameras', [
      { title: 'nobody looking', yTitle: '% of a core', curves: [curve('idle', 'idleCpu')], bar: 20 },
      { title: 'one viewer each at 5 pictures a second', yTitle: '% of a core', curves: [curve('watched', 'watchedCpu')] },
    ])
    return { figures, readings, charts: { 'many-cameras': chart } }
  },
}

const COUNTS = [1, 4, 16, 64]
const SUB_STREAM: ClipSettings = { width: 640, height: 360, fps: 25, frames: 250, gop: 25, bitrate: 2_000_000 }

interface Reading {
  readonly count: number
  /** Shares of a core, and bytes. */
  readonly idleCpu: number
  readonly idleMemory: number
  readonly watchedCpu: number
  /** Pictures a second. */
  readonly slowest: number
}

async function measure(url: string, count: number, seconds: number): Promise<Reading> {
  await using gateway = await startGateway(Array.from({ length: count }, () => url))
  await pause(seconds)
  const idleCpu = await cpuDuring(gateway.pid, seconds)
  const idleMemory = processUsage(gateway.pid).memory
  const viewers = Array.from({ length: count }, (_, index) => new LightViewer(`${gateway.url}/camera/${index + 1}?fps=5`))
  try {
    await pause(seconds)
    const before = viewers.map(({ distinct }) => distinct)
    const began = performance.now()
    const watchedCpu = await cpuDuring(gateway.pid, seconds)
    const elapsed = (performance.now() - began) / 1000
    const slowest = Math.min(...viewers.map(({ distinct }, index) => distinct - (before[index] ?? 0))) / elapsed
    return { count, idleCpu, idleMemory, watchedCpu, slowest }
  } finally {
    for (const viewer of viewers) viewer[Symbol.dispose]()
  }
}

async function cpuDuring(pid: number, seconds: number): Promise<number> {
  const before = processUsage(pid).cpu
  const began = performance.now()
  await pause(seconds)
  return ((processUsage(pid).cpu - before) * 1000) / (performance.now() - began)
}
