import { type Contender, startAtalaya, startFfmpeg } from './contender.ts'
import { measureRound, type Round } from './measure-round.ts'
import { CLIP, startReplayCamera } from './replay-camera.ts'
import type { Figure, Scenario } from './scenario.ts'
import { median, percentile } from './statistics.ts'

/** The gateway and the `ffmpeg` command in turn, round by round, so that what else the machine does meets both. */
export const oneCamera: Scenario = {
  name: 'one-camera',
  title: 'one camera, one viewer, beside the ffmpeg command',
  async run({ isQuick }) {
    await using camera = await startReplayCamera(CLIP)
    const rounds: Round[] = []
    for (let round = 0; round < (isQuick ? 2 : 5); round++) {
      for (const start of CONTENDERS) rounds.push(await measureRound(await start(camera.url), camera, isQuick ? 5 : 10))
    }
    const [own, peer] = ['atalaya', 'ffmpeg'].map((name) => summarize(rounds.filter((round) => round.name === name)))
    if (!own || !peer) throw new Error('a contender is missing')
    return { figures: compare(own, peer), readings: { atalaya: own, ffmpeg: peer } }
  },
}

const CONTENDERS: readonly ((cameraUrl: string) => Promise<Contender>)[] = [startAtalaya, startFfmpeg]

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
    cpu: medianOf(({ cpu }) => cpu),
    memory: medianOf(({ memory }) => memory),
    pictureSize: medianOf(({ pictureSize }) => pictureSize),
  }
}

function compare(own: Summary, peer: Summary): Figure[] {
  const bar = { atMost: 1 }
  return [
    { what: 'delay, median', value: own.delayP50, peer: peer.delayP50, unit: 'ms', bar },
    { what: 'delay, 99th percentile', value: own.delayP99, peer: peer.delayP99, unit: 'ms', bar },
    { what: 'processor, all processes', value: own.cpu * 100, peer: peer.cpu * 100, unit: '% of a core', bar: { atMost: 0.8 } },
    { what: 'pictures a second', value: own.picturesPerSecond, peer: peer.picturesPerSecond },
    { what: 'memory, all processes', value: own.memory / 1e6, peer: peer.memory / 1e6, unit: 'MB' },
    { what: 'size of a picture', value: own.pictureSize / 1e3, peer: peer.pictureSize / 1e3, unit: 'KB' },
  ]
}
