import { MjpegReader } from '../test/e2e/mjpeg-reader.ts'
import { loadClip } from '../test/fake-camera/clip.ts'
import { type FakeCamera, startFakeCamera } from '../test/fake-camera/fake-camera.ts'
import { startGateway } from './gateway.ts'
import { CLIP } from './replay-camera.ts'
import type { Scenario } from './scenario.ts'
import { median } from './statistics.ts'
import { pause, waitUntil } from './waiting.ts'

/** A camera loses its power and gets it back; its viewer stays on the same response all the time. */
export const cameraReturn: Scenario = {
  name: 'return',
  title: 'a camera that was away, and the viewer who waited',
  async run({ isQuick }) {
    const away = isQuick ? 5 : 20
    await using camera = await startFakeCamera({ clip: await loadClip(CLIP) })
    await using gateway = await startGateway([camera.url])
    let sequence = 0
    using viewer = new MjpegReader(`${gateway.url}/camera/1`, {
      keep: false,
      onPicture: (picture) => {
        sequence = picture.sequence
      },
    })
    const seconds: number[] = []
    for (let i = 0; i < 3; i++) {
      const before = sequence
      await waitUntil('live pictures', () => sequence > before + CLIP.fps, 10)
      seconds.push(await secondsToReturn(camera, away, () => sequence))
    }
    if (viewer.isClosed) throw new Error('the response did not last')
    return {
      figures: [
        { what: `new pictures, median of 3 returns after ${away} s`, value: median(seconds), unit: 's', bar: { atMost: 3 } },
        { what: 'new pictures, worst', value: Math.max(...seconds), unit: 's', bar: { atMost: 3 } },
      ],
      readings: { away, seconds },
    }
  },
}

/** During the outage the last picture is repeated: a new one has another number. */
async function secondsToReturn(camera: FakeCamera, away: number, sequence: () => number): Promise<number> {
  await camera.kill()
  await pause(away)
  const last = sequence()
  await camera.revive()
  return waitUntil('new pictures', () => sequence() !== last, 60)
}
