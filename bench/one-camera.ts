import { startAtalaya, startFfmpeg, startFlask, startMotion } from './contenders/all.ts'
import { COMPILED_AFTER_S, measureRound, type Round } from './measure-round.ts'
import { measurePixelLimit } from './pixel-limit.ts'
import { CLIP, startReplayCamera } from './replay-camera.ts'
import type { Bar, Figure, Scenario } from './scenario.ts'
import { median, percentile } from './statistics.ts'

/** The gateway and its peers in turn, round by round, so that what else the machine does meets all of them. */
export const oneCamera: Scenario = {
  name: 'one-camera',
  title: 'one camera, one viewer, 960×540 H.264 at 30 pictures a second',
  async run({ isQuick, rounds }) {
    await using camera = await startReplayCamera(CLIP)
    const readings: Round[] = []
    const limits: number[] = []
    const seconds = isQuick ? 5 : 10
    for (let round = 0; round < rounds; round++) {
      for (const start of CONTENDERS) {
        await using contender = await start(camera.url)
        readings.push(await measureRound(contender, camera, seconds))
      }
      limits.push(await measurePixelLimit({ clip: CLIP, warmUp: COMPILED_AFTER_S, seconds, quality: 80 }))
    }
    const summaries = new Map(
      CONTENDER_NAMES.map((name) => [name, summarize(readings.filter((reading) => reading.name === name))]),
    )
    return { figures: compare(summaries, median(limits)), readings: { rounds: readings, limits } }
  },
}

const CONTENDERS = [startAtalaya, startFfmpeg, startFlask, startMotion]
const CONTENDER_NAMES = ['atalaya', 'ffmpeg', 'flask', 'motion'] as const
type ContenderName = (typeof CONTENDER_NAMES)[number]

interface Summary {
  readonly delayP50: number
  readonly delayP99: number
  readonly picturesPerSecond: number
  readonly cpu: number
  readonly memory: number
  readonly pictureSize: number
}

function summarize(rounds: readonly Round[]): Summary {
  const medianOf = (value: (round: Round) => number) => median(rounds.map(value))
  return {
    delayP50: medianOf(({ delays }) => percentile(delays, 0.5)),
    delayP99: medianOf(({ delays }) => percentile(delays, 0.99)),
    picturesPerSecond: medianOf((round) => round.picturesPerSecond),
    cpu: medianOf(({ cpu }) => cpu * 100),
    memory: medianOf(({ memory }) => memory / 1e6),
    pictureSize: medianOf(({ pictureSize }) => pictureSize / 1e3),
  }
}

const CPU_BARS: Readonly<Record<string, Bar>> = { ffmpeg: { atMost: 0.6 }, flask: { atMost: 1 }, motion: { atMost: 1 } }

function compare(summaries: ReadonlyMap<ContenderName, Summary>, limit: number): Figure[] {
  const own = summaries.get('atalaya')
  if (!own) throw new Error('the gateway was not measured')
  const beside = (what: string, key: keyof Summary, unit: string, bars: Readonly<Record<string, Bar>> = {}): Figure[] =>
    [...summaries].slice(1).map(([peerName, peer]) => {
      const bar = bars[peerName]
      return { what, value: own[key], peer: peer[key], peerName, unit, ...(bar && { bar }) }
    })
  const below = { atMost: 1 }
  return [
    { what: 'processor', value: own.cpu, peer: limit * 100, peerName: 'the limit', unit: '% of a core', bar: { atMost: 1.3 } },
    ...beside('processor', 'cpu', '% of a core', CPU_BARS),
    { what: 'delay, median', value: own.delayP50, unit: 'ms', bar: { atMost: 6 } },
    { what: 'delay, 99th percentile', value: own.delayP99, unit: 'ms', bar: { atMost: 20 } },
    ...beside('delay, median', 'delayP50', 'ms', { ffmpeg: below, flask: below, motion: below }),
    ...beside('delay, 99th percentile', 'delayP99', 'ms', { ffmpeg: below }),
    ...beside('memory, all processes', 'memory', 'MB'),
    ...beside('size of a picture', 'pictureSize', 'KB'),
    ...beside('pictures a second', 'picturesPerSecond', ''),
  ]
}
