import { startAtalaya, startFfmpeg, startFlask, startMotion } from './contenders/all.ts'
import { startLiveCamera } from './live-camera.ts'
import { measureRound, type Round } from './measure-round.ts'
import type { Figure, Scenario } from './scenario.ts'
import { median, percentile } from './statistics.ts'

/** From the moment that a scene is there to be seen until its JPEG is at the viewer, the camera's own encoder included. */
export const timeInPixels: Scenario = {
  name: 'time-in-pixels',
  title: 'from the scene to the viewer, 960×540 at 30 pictures a second',
  async run({ isQuick, rounds }) {
    await using camera = await startLiveCamera()
    const readings: Round[] = []
    for (let round = 0; round < rounds; round++) {
      for (const start of [startAtalaya, startFfmpeg, startFlask, startMotion]) {
        await using contender = await start(camera.url)
        readings.push(await measureRound(contender, camera, isQuick ? 5 : 10, 4))
      }
    }
    const of = (name: string, share: number) =>
      median(readings.filter((round) => round.name === name).map(({ delays }) => percentile(delays, share)))
    const peers = Object.entries(BARS)
    return {
      figures: [
        ...peers.map(([peerName, atMost]): Figure => {
          return { what: 'median', value: of('atalaya', 0.5), peer: of(peerName, 0.5), peerName, unit: 'ms', bar: { atMost } }
        }),
        ...peers.map(([peerName]): Figure => {
          return { what: '99th percentile', value: of('atalaya', 0.99), peer: of(peerName, 0.99), peerName, unit: 'ms' }
        }),
      ],
      readings: readings.map(({ delays, ...round }) => ({
        ...round,
        p50: percentile(delays, 0.5),
        p99: percentile(delays, 0.99),
      })),
    }
  },
}

const BARS = { ffmpeg: 0.25, flask: 0.25, motion: 0.05 }
