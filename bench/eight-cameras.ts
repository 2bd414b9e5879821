import { JpegDecoder } from '../test/e2e/jpeg-pixels.ts'
import { MjpegReader } from '../test/e2e/mjpeg-reader.ts'
import { startGateway } from './gateway.ts'
import { processUsage } from './process-usage.ts'
import { CLIP, type ReplayCamera, startReplayCamera } from './replay-camera.ts'
import type { Scenario } from './scenario.ts'
import { pause, waitUntil } from './waiting.ts'

/** Eight cameras at once, each with a viewer and its own mark in every picture. */
export const eightCameras: Scenario = {
  name: 'eight-cameras',
  title: '8 cameras, one viewer each',
  async run({ isQuick }) {
    await using cameras = new AsyncDisposableStack()
    const urls: string[] = []
    for (const mark of MARKS) {
      const camera: ReplayCamera = cameras.use(await startReplayCamera({ ...CLIP, mark }))
      urls.push(camera.url)
    }
    await using gateway = await startGateway(urls)
    using streams = new DisposableStack()
    const screens = MARKS.map((mark) => streams.use(new Screen(`${gateway.url}/camera/${mark}`)))
    await waitUntil('pictures of all', () => screens.every(({ count }) => count > 0), 30)
    await pause(WARM_UP_S)

    const before = screens.map(({ count }) => count)
    const usage = processUsage(gateway.pid)
    const began = performance.now()
    await pause(isQuick ? 10 : 20)
    const elapsed = (performance.now() - began) / 1000
    const rates = screens.map(({ count }, index) => (count - (before[index] ?? 0)) / elapsed)
    const { cpu, memory } = processUsage(gateway.pid)
    streams.dispose()

    const samples = screens.reduce((sum, { samples }) => sum + samples.length, 0)
    const strangers = countStrangers(screens)
    return {
      figures: [
        { what: 'pictures a second, the slowest camera', value: Math.min(...rates), bar: { atLeast: 29 } },
        { what: `pictures of another camera, among ${samples}`, value: strangers, bar: { atMost: 0 } },
        { what: 'processor, all processes', value: ((cpu - usage.cpu) / elapsed) * 100, unit: '% of a core' },
        { what: 'memory, all processes', value: memory / 1e6, unit: 'MB' },
      ],
      readings: { rates, samples, strangers, cpuSeconds: cpu - usage.cpu, elapsed, memory },
    }
  },
}

const WARM_UP_S = 3
const MARKS = [1, 2, 3, 4, 5, 6, 7, 8]

/** Counts pictures, and keeps some to be looked at when nothing is measured any more. */
class Screen implements Disposable {
  count = 0
  readonly samples: Buffer[] = []
  readonly #reader: MjpegReader

  constructor(url: string) {
    this.#reader = new MjpegReader(url, {
      keep: false,
      onPicture: ({ data }) => {
        if (this.count++ % SAMPLE_EVERY === 0) this.samples.push(data)
      },
    })
  }

  [Symbol.dispose](): void {
    this.#reader.close()
  }
}

const SAMPLE_EVERY = 5

/** Pictures that do not bear the mark of the camera they were shown for. */
function countStrangers(screens: readonly Screen[]): number {
  const decoder = new JpegDecoder()
  return screens.reduce((sum, { samples }, index) => {
    return sum + samples.filter((jpeg) => decoder.readMark(jpeg)?.mark !== MARKS[index]).length
  }, 0)
}
