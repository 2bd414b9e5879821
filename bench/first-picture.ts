import { DECODER_LINGER_MS } from '../src/cameras/renditions.ts'
import { MjpegReader } from '../test/e2e/mjpeg-reader.ts'
import { startGateway } from './gateway.ts'
import { childrenOf, processUsage } from './process-usage.ts'
import { CLIP, startReplayCamera } from './replay-camera.ts'
import type { Scenario } from './scenario.ts'
import { median } from './statistics.ts'
import { pause, waitUntil } from './waiting.ts'

/** From the request to the first whole picture: of a camera nobody looks at, which has no decoder, and of one that is watched. */
export const firstPicture: Scenario = {
  name: 'first-picture',
  title: 'time to the first picture of an idle camera, and to that of a second viewer',
  async run({ isQuick }) {
    const tries = isQuick ? 3 : 15
    await using camera = await startReplayCamera(CLIP)
    await using gateway = await startGateway([camera.url])
    const url = `${gateway.url}/camera/1`
    const first: number[] = []
    const present: number[] = []
    const second: number[] = []
    for (let i = 0; i < tries; i++) {
      await pause(i / tries) // spread over the group of pictures, which lasts a second
      using viewer = new MjpegReader(url)
      const began = clock()
      first.push(await millisecondsToPicture(viewer, began))
      present.push(await millisecondsToPicture(viewer, began, began))
      await pause(1)
      using newcomer = new MjpegReader(url)
      second.push(await millisecondsToPicture(newcomer, clock()))
      viewer.close()
      newcomer.close()
      await decoderIsClosed(gateway.pid)
    }
    return {
      figures: [
        { what: `first viewer, median of ${tries}`, value: median(first), unit: 'ms', bar: { atMost: 250 } },
        { what: 'first viewer, worst', value: Math.max(...first), unit: 'ms', bar: { atMost: 250 } },
        {
          what: 'first viewer, a picture taken after the request, median',
          value: median(present),
          unit: 'ms',
          bar: { atMost: 250 },
        },
        {
          what: 'first viewer, a picture taken after the request, worst',
          value: Math.max(...present),
          unit: 'ms',
          bar: { atMost: 250 },
        },
        { what: 'second viewer, median', value: median(second), unit: 'ms', bar: { atMost: 100 } },
        { what: 'second viewer, worst', value: Math.max(...second), unit: 'ms', bar: { atMost: 100 } },
      ],
      readings: { first, present, second },
    }
  },
}

/** Milliseconds since the epoch by the monotonic clock, as readers note the arrival of pictures. */
function clock(): number {
  return performance.timeOrigin + performance.now()
}

/** Until a picture arrives that was taken after `since`; the very first one of an idle camera is up to a keyframe interval old. */
async function millisecondsToPicture({ pictures }: MjpegReader, began: number, since = 0): Promise<number> {
  const found = () => pictures.find(({ timestamp }) => timestamp * 1000 >= since)
  await waitUntil('a picture', () => found() !== undefined, 10)
  return (found()?.at ?? Number.NaN) - began
}

/** After the decoder's linger the engines have nothing to do, and use next to no processor time. */
async function decoderIsClosed(gateway: number): Promise<void> {
  await pause(DECODER_LINGER_MS / 1000)
  const engines = () => childrenOf(gateway).reduce((sum, pid) => sum + processUsage(pid).cpu, 0)
  const isIdle = async () => {
    const before = engines()
    await pause(0.5)
    return engines() - before <= IDLE_CPU_SECONDS
  }
  await waitUntil('the decoder is closed', isIdle, 10)
}

/** One tick of the kernel's clock. */
const IDLE_CPU_SECONDS = 0.011
