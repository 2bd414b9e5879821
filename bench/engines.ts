import type { Contender } from './contenders/contender.ts'
import { startGateway } from './gateway.ts'
import { LightViewer } from './light-viewer.ts'
import { measureRound, type Round } from './measure-round.ts'
import { CLIP, startReplayCamera } from './replay-camera.ts'
import type { Figure, Scenario } from './scenario.ts'
import { median, percentile } from './statistics.ts'
import { waitUntil } from './waiting.ts'

/** One camera and one viewer, pictures decoded by the one engine and by the other in turn. */
export const engines: Scenario = {
  name: 'engines',
  title: 'one camera, one viewer, by the ffmpeg command beside node-av',
  names: ['ffmpeg', 'node-av'],
  async run({ isQuick, rounds }) {
    await using camera = await startReplayCamera(CLIP)
    const [ffmpeg, nodeAv]: [Measured[], Measured[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      nodeAv.push(await measure('node-av', camera, isQuick ? 5 : 10))
      ffmpeg.push(await measure('ffmpeg', camera, isQuick ? 5 : 10))
    }
    return { figures: compare(ffmpeg, nodeAv), readings: { ffmpeg, nodeAv } }
  },
}

interface Measured {
  /** Milliseconds from the first viewer's request to the first whole picture. */
  readonly firstPicture: number
  readonly round: Round
}

async function measure(
  engine: 'ffmpeg' | 'node-av',
  camera: Awaited<ReturnType<typeof startReplayCamera>>,
  seconds: number,
): Promise<Measured> {
  await using gateway = await startGateway([camera.url], engine)
  const url = `${gateway.url}/camera/1`
  const firstPicture = await waitForPicture(url)
  const contender: Contender = { name: engine, pid: gateway.pid, url, [Symbol.asyncDispose]: async () => undefined }
  return { firstPicture, round: await measureRound(contender, camera, seconds, WARM_UP_S) }
}

/** Both are the gateway, and only what differs between them counts. */
const WARM_UP_S = 12

async function waitForPicture(url: string): Promise<number> {
  const began = performance.now()
  using viewer = new LightViewer(url)
  await waitUntil('a picture', () => viewer.distinct > 0, 20)
  return performance.now() - began
}

function compare(own: readonly Measured[], peer: readonly Measured[]): Figure[] {
  const figure = (what: string, unit: string, value: (measured: Measured) => number): Figure => ({
    ...{ what, unit },
    ...{ value: median(own.map(value)), peer: median(peer.map(value)) },
  })
  return [
    figure('first picture', 'ms', ({ firstPicture }) => firstPicture),
    figure('delay, median', 'ms', ({ round }) => percentile(round.delays, 0.5)),
    figure('delay, 99th percentile', 'ms', ({ round }) => percentile(round.delays, 0.99)),
    figure('processor, all processes', '% of a core', ({ round }) => round.cpu * 100),
    figure('pictures a second', '', ({ round }) => round.picturesPerSecond),
    figure('memory, all processes', 'MB', ({ round }) => round.memory / 1e6),
    figure('size of a picture', 'KB', ({ round }) => round.pictureSize / 1e3),
  ]
}
