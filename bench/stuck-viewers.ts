import type { GatewayProcess } from '../test/e2e/gateway-process.ts'
import { cameraStates, collectedMemory, startGateway } from './gateway.ts'
import { LightViewer, StuckViewer } from './light-viewer.ts'
import { CLIP, startReplayCamera } from './replay-camera.ts'
import type { Scenario } from './scenario.ts'
import { pause, waitUntil } from './waiting.ts'

/** Fifty who ask for pictures and never read: they must cost nothing, and trouble nobody else. */
export const stuckViewers: Scenario = {
  name: 'stuck-viewers',
  title: '50 viewers that never read, beside one that does',
  async run() {
    await using camera = await startReplayCamera(CLIP)
    await using gateway = await startGateway([camera.url])
    const url = `${gateway.url}/camera/1`
    using healthy = new LightViewer(url)
    await waitUntil('pictures', () => healthy.distinct > 3 * CLIP.fps, 10)
    const before = await collectedMemory(gateway)

    const seen = healthy.distinct
    const began = performance.now()
    const secondsSince = () => (performance.now() - began) / 1000
    const stuck = Array.from({ length: STUCK }, () => new StuckViewer(url))
    try {
      await waitUntil('all are served', async () => (await viewers(gateway)) === STUCK + 1, 5)
      await pause(5)
      const during = await collectedMemory(gateway)
      const served = await viewers(gateway)
      await waitUntil('the stuck viewers are closed', async () => (await viewers(gateway)) <= 1, 60)
      const seconds = secondsSince()
      const rate = (healthy.distinct - seen) / seconds
      return {
        figures: [
          { what: 'all closed after', value: seconds, unit: 's', bar: { atMost: 15 } },
          { what: 'memory, growth while they hang', value: (during - before) / 1e6, unit: 'MB', bar: { atMost: 10 } },
          { what: 'pictures a second of the healthy viewer', value: rate, bar: { atLeast: 29.5 } },
        ],
        readings: { before, during, servedAtReading: served, seconds, rate },
      }
    } finally {
      for (const viewer of stuck) viewer[Symbol.dispose]()
    }
  },
}

const STUCK = 50

async function viewers(gateway: GatewayProcess): Promise<number> {
  const [camera] = await cameraStates(gateway)
  return camera?.viewers ?? 0
}
