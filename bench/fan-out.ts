import { drawLineChart } from './charts/line-chart.ts'
import { startAtalaya, startFastApi, startFlask, startMotion } from './contenders/all.ts'
import { type CrowdReading, watchWithCrowd } from './crowd/crowd.ts'
import { measureWriteLimit } from './crowd/write-limit.ts'
import { CLIP, startReplayCamera } from './replay-camera.ts'
import type { Bar, Figure, Scenario } from './scenario.ts'
import { median } from './statistics.ts'

/** One camera for 1, 10, 50 and 100 viewers, of the gateway and of its peers, who are let go where they show too little. */
export const fanOut: Scenario = {
  name: 'fan-out',
  title: 'one camera, many viewers',
  async run({ isQuick, rounds }) {
    await using camera = await startReplayCamera(CLIP)
    const sizes = isQuick ? [1, 10, 50] : [1, 10, 50, 100]
    const times = { settle: 4, seconds: 5 }
    const readings: Reading[] = []
    const tired = new Set<string>()
    for (let round = 0; round < rounds; round++) {
      for (const start of CONTENDERS) {
        await using contender = await start(camera.url)
        for (const size of sizes) {
          const { name } = contender
          if (tired.has(`${name} ${size}`)) break
          const reading = await watchWithCrowd(contender, size, size === 1 ? { ...times, settle: 12 } : times)
          readings.push({ name, size, ...reading })
          if (reading.usual < LEAST_FPS && name !== 'atalaya')
            for (const more of sizes) if (more > size) tired.add(`${name} ${more}`)
        }
      }
      const bytes = readings.find(({ name }) => name === 'atalaya')?.pictureBytes ?? 50_000
      for (const size of [10, 50]) readings.push({ name: 'limit', size, ...(await measureWriteLimit(size, bytes, times)) })
    }
    return {
      figures: compare(new Readings(readings), sizes),
      readings,
      charts: { 'fan-out': draw(new Readings(readings), sizes) },
    }
  },
}

const CONTENDERS = [startAtalaya, startFlask, startMotion, startFastApi]
const PEERS = ['flask', 'motion', 'fastapi']
/** A peer that shows fewer pictures than this is not asked for more viewers. */
const LEAST_FPS = 25

interface Reading extends CrowdReading {
  readonly name: string
  readonly size: number
}

class Readings {
  readonly #all: readonly Reading[]

  constructor(all: readonly Reading[]) {
    this.#all = all
  }

  /** The median of the rounds; NaN where it was not measured. */
  of(name: string, size: number, key: 'slowest' | 'usual' | 'cpu'): number {
    return median(this.#all.filter((reading) => reading.name === name && reading.size === size).map((reading) => reading[key]))
  }

  /** Share of a core for each viewer above ten. */
  perViewer(name: string): number {
    return (this.of(name, 50, 'cpu') - this.of(name, 10, 'cpu')) / 40
  }

  /** Share of a core for each viewer above ten, had the peer shown every picture; from the last number of viewers that it bore. */
  perViewerAsShown(name: string): number {
    const isKnown = !Number.isNaN(this.of(name, 50, 'cpu'))
    if (isKnown) return this.perViewer(name)
    const pictures = this.of(name, 10, 'usual') / 30
    return (this.of(name, 10, 'cpu') / pictures - this.of(name, 1, 'cpu')) / 9
  }
}

function compare(readings: Readings, sizes: readonly number[]): Figure[] {
  const cpu = (name: string, size: number) => readings.of(name, size, 'cpu') * 100
  const share = (what: string, of: (name: string) => number, peerName: string, bar?: Bar): Figure[] => {
    const peer = of(peerName)
    return Number.isNaN(peer) ? [] : [{ what, value: of('atalaya'), peer, peerName, unit: '% of a core', ...(bar && { bar }) }]
  }
  const each = 'processor for each viewer above ten'
  const ten = 'processor with 10 viewers'
  return [
    ...share(ten, (name) => cpu(name, 10), 'flask', { atMost: 0.3 }),
    ...share(ten, (name) => cpu(name, 10), 'motion'),
    ...share(each, (name) => readings.perViewerAsShown(name) * 100, 'flask', { atMost: 0.05 }),
    ...share(each, (name) => readings.perViewer(name) * 100, 'motion', { atMost: 1 }),
    ...share(each, (name) => readings.perViewer(name) * 100, 'limit', { atMost: 1.5 }),
    ...sizes.map((size): Figure => {
      const value = readings.of('atalaya', size, 'slowest')
      return { what: `pictures a second, the slowest of ${size}`, value, bar: { atLeast: 29.5 } }
    }),
    ...PEERS.flatMap((peerName) =>
      sizes.flatMap((size): Figure[] => {
        const peer = readings.of(peerName, size, 'usual')
        return Number.isNaN(peer)
          ? []
          : [{ what: `pictures a second with ${size}`, value: readings.of('atalaya', size, 'usual'), peer, peerName }]
      }),
    ),
  ]
}

function draw(readings: Readings, sizes: readonly number[]): string {
  const curve = (key: 'usual' | 'cpu', factor: number) => (name: string) => ({
    name,
    points: sizes
      .map((size) => [size, readings.of(name, size, key) * factor] as const)
      .filter(([, value]) => !Number.isNaN(value)),
  })
  const names = ['atalaya', ...PEERS]
  return drawLineChart('One camera, many viewers', 'viewers', [
    { title: 'processor, all processes', yTitle: '% of a core', curves: names.map(curve('cpu', 100)) },
    { title: 'pictures that each viewer gets', yTitle: 'a second', curves: names.map(curve('usual', 1)), top: 40 },
  ])
}
