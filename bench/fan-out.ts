import { startGstreamerCamera, testPictures } from '../test/peers/gstreamer-camera.ts'
import { startGateway } from './gateway.ts'
import { LightViewer } from './light-viewer.ts'
import { processUsage } from './process-usage.ts'
import type { Scenario } from './scenario.ts'
import { pause } from './waiting.ts'

/** One camera for one viewer and for many: pictures are made once, however many look. */
export const fanOut: Scenario = {
  name: 'fan-out',
  title: 'one GStreamer camera, 1 viewer and 50',
  async run({ isQuick }) {
    const pictures = testPictures({ width: 960, height: 540, fps: 30 })
    await using camera = await startGstreamerCamera({ mounts: { '/live': pictures } })
    await using gateway = await startGateway([camera.url('/live')])
    const crowds = []
    for (const size of [1, 50]) crowds.push(await watch(`${gateway.url}/camera/1`, gateway.pid, size, isQuick ? 15 : 60))
    const figures = crowds.flatMap(({ size, slowest, cpu }) => [
      { what: `pictures a second, the slowest of ${size}`, value: slowest, bar: { atLeast: 29.5 } },
      { what: `processor with ${size}, all processes`, value: cpu * 100, unit: '% of a core' },
    ])
    return { figures, readings: crowds }
  },
}

async function watch(url: string, pid: number, size: number, seconds: number) {
  const viewers = Array.from({ length: size }, () => new LightViewer(url))
  try {
    await pause(WARM_UP_S)
    const before = viewers.map(({ distinct }) => distinct)
    const usage = processUsage(pid)
    const began = performance.now()
    await pause(seconds)
    const elapsed = (performance.now() - began) / 1000
    const rates = viewers.map(({ distinct }, index) => (distinct - (before[index] ?? 0)) / elapsed)
    return { size, slowest: Math.min(...rates), cpu: (processUsage(pid).cpu - usage.cpu) / elapsed, rates }
  } finally {
    for (const viewer of viewers) viewer[Symbol.dispose]()
  }
}

const WARM_UP_S = 3
