import { type GatewayProcess, openDescriptors } from '../test/e2e/gateway-process.ts'
import { type GstreamerCamera, startGstreamerCamera, testPictures } from '../test/peers/gstreamer-camera.ts'
import { collectedMemory, startGateway } from './gateway.ts'
import { LightViewer } from './light-viewer.ts'
import { childrenOf, zombiesOf } from './process-usage.ts'
import type { Scenario } from './scenario.ts'
import { median } from './statistics.ts'
import { waitUntil } from './waiting.ts'

/** `/camera/1`, a picture, `/stop/1`, again and again: whether anything is left behind, at the camera or here. */
export const restarts: Scenario = {
  name: 'restarts',
  title: 'a camera stopped and started over and over',
  async run({ isQuick }) {
    const rounds = isQuick ? 40 : 200
    const pictures = testPictures({ width: 960, height: 540, fps: 30 })
    await using camera = await startGstreamerCamera({ mounts: { '/live': pictures } })
    await using gateway = await startGateway([camera.url('/live')])
    for (let i = 0; i < WARM_UP_ROUNDS; i++) await restart(gateway, camera)
    const before = await holdings(gateway)
    const seconds: number[] = []
    for (let i = 0; i < rounds; i++) seconds.push(await restart(gateway, camera))
    const after = await holdings(gateway)
    return {
      figures: [
        { what: `session gone at the camera, median of ${rounds}`, value: median(seconds) * 1000, unit: 'ms' },
        { what: 'session gone at the camera, worst', value: Math.max(...seconds) * 1000, unit: 'ms', bar: { atMost: 1000 } },
        { what: 'memory, growth', value: (after.memory - before.memory) / 1e6, unit: 'MB', bar: { atMost: 10 } },
        { what: 'descriptors, change', value: Math.abs(after.descriptors - before.descriptors), bar: { atMost: 2 } },
        { what: 'zombies', value: after.zombies, bar: { atMost: 0 } },
        { what: 'child processes, change', value: Math.abs(after.children - before.children), bar: { atMost: 0 } },
      ],
      readings: { before, after, seconds },
    }
  },
}

const WARM_UP_ROUNDS = 20

/** One round; returns the seconds from the request to stop until the camera has no session. */
async function restart(gateway: GatewayProcess, camera: GstreamerCamera): Promise<number> {
  using viewer = new LightViewer(`${gateway.url}/camera/1`)
  await waitUntil('a picture', () => viewer.distinct > 0, 10)
  const began = performance.now()
  await gateway.getJson('/stop/1')
  await waitUntil('the camera has no session', async () => (await camera.sessions()) === 0, 10)
  const elapsed = (performance.now() - began) / 1000
  await waitUntil('the viewer is let go', () => viewer.isClosed, 10)
  return elapsed
}

async function holdings(gateway: GatewayProcess) {
  return {
    memory: await collectedMemory(gateway),
    descriptors: await openDescriptors(gateway.pid),
    zombies: zombiesOf(gateway.pid).length,
    children: childrenOf(gateway.pid).length,
  }
}
