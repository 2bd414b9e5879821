import { DECODER_LINGER_MS } from '../src/cameras/renditions.ts'
import { MjpegReader } from '../test/e2e/mjpeg-reader.ts'
import type { ClipSettings } from '../test/fake-camera/clip.ts'
import { startGateway } from './gateway.ts'
import { childrenOf, processUsage } from './process-usage.ts'
import { CLIP, startReplayCamera } from './replay-camera.ts'
import type { Figure, Scenario } from './scenario.ts'
import { median, percentile } from './statistics.ts'
import { pause, waitUntil } from './waiting.ts'

/** From the request to the first whole picture: of a camera nobody looks at, which has no decoder, and of one that is watched. */
export const firstPicture: Scenario = {
  name: 'first-picture',
  title: 'time to the first picture of an idle camera, and to that of a second viewer',
  async run({ isQuick }) {
    const tries = isQuick ? 4 : 20
    const short = await measure(CLIP, tries)
    const long = await measure({ ...CLIP, frames: 500, gop: 250 }, isQuick ? 1 : 8)
    const cold = await measureCold(isQuick ? 1 : 8)
    const figures: Figure[] = [
      {
        what: 'a keyframe each second: first picture, 95th percentile',
        value: percentile(short.first, 0.95),
        unit: 'ms',
        bar: { atMost: 60 },
      },
      { what: 'a keyframe each second: first picture, median', value: median(short.first), unit: 'ms' },
      { what: 'present picture, 95th percentile', value: percentile(short.present, 0.95), unit: 'ms', bar: { atMost: 150 } },
      { what: 'present picture, median', value: median(short.present), unit: 'ms' },
      { what: 'second viewer, median', value: median(short.second), unit: 'ms', bar: { atMost: 100 } },
      { what: 'second viewer, worst', value: Math.max(...short.second), unit: 'ms', bar: { atMost: 100 } },
      { what: 'a keyframe each 250 pictures: first picture, median', value: median(long.first), unit: 'ms' },
      { what: 'a keyframe each 250 pictures: present picture, median', value: median(long.present), unit: 'ms' },
      { what: 'a camera not connected yet: first picture, median', value: median(cold), unit: 'ms' },
    ]
    return { figures, readings: { short, long, cold } }
  },
}

/** The camera is connected; its decoder is closed before each try. */
async function measure(clip: ClipSettings, tries: number) {
  await using camera = await startReplayCamera(clip)
  await using gateway = await startGateway([camera.url])
  const url = `${gateway.url}/camera/1`
  const first: number[] = []
  const present: number[] = []
  const second: number[] = []
  for (let i = 0; i < tries; i++) {
    await pause(((i / tries) * clip.gop) / clip.fps) // spread over the group of pictures
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
  return { first, present, second }
}

/** The camera is put on hold before each try: it has to be connected, too. */
async function measureCold(tries: number): Promise<number[]> {
  await using camera = await startReplayCamera(CLIP)
  await using gateway = await startGateway([camera.url])
  const first: number[] = []
  for (let i = 0; i < tries; i++) {
    await fetch(`${gateway.url}/stop/1`)
    await pause(1 + i / tries)
    using viewer = new MjpegReader(`${gateway.url}/camera/1`)
    first.push(await millisecondsToPicture(viewer, clock()))
  }
  return first
}

/** Milliseconds since the epoch by the monotonic clock, as readers note the arrival of pictures. */
function clock(): number {
  return performance.timeOrigin + performance.now()
}

/** Until a picture arrives that was taken after `since`; the very first one of an idle camera is up to a keyframe interval old. */
async function millisecondsToPicture({ pictures }: MjpegReader, began: number, since = 0): Promise<number> {
  const found = () => pictures.find(({ timestamp }) => timestamp * 1000 >= since)
  await waitUntil('a picture', () => found() !== undefined, 20)
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
