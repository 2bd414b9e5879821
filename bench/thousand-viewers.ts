import { startAtalaya } from './contenders/all.ts'
import { watchWithCrowd } from './crowd/crowd.ts'
import { measureWriteLimit } from './crowd/write-limit.ts'
import { CLIP, startReplayCamera } from './replay-camera.ts'
import type { Scenario } from './scenario.ts'
import { median } from './statistics.ts'

/** A whole auditorium: one thousand viewers of one camera. */
export const thousandViewers: Scenario = {
  name: 'thousand-viewers',
  title: '1,000 viewers of one camera at 30 pictures a second',
  async run({ isQuick, rounds }) {
    const times = { settle: 10, seconds: isQuick ? 5 : 15 }
    await using camera = await startReplayCamera(CLIP)
    const own = []
    const limits = []
    for (let round = 0; round < rounds; round++) {
      await using gateway = await startAtalaya(camera.url)
      const reading = await watchWithCrowd(gateway, VIEWERS, times)
      own.push(reading)
      limits.push(await measureWriteLimit(VIEWERS, reading.pictureBytes, times))
    }
    const cpu = median(own.map((reading) => reading.cpu * 100))
    const limit = median(limits.map((reading) => reading.cpu * 100))
    return {
      figures: [
        {
          what: `pictures a second, the slowest of ${VIEWERS}`,
          value: median(own.map(({ slowest }) => slowest)),
          bar: { atLeast: 29.5 },
        },
        { what: 'processor, all processes', value: cpu, unit: '% of a core', bar: { atMost: 100 } },
        { what: 'processor', value: cpu, peer: limit, peerName: 'a bare write loop', unit: '% of a core' },
        { what: 'pictures a second of the bare write loop, its slowest', value: median(limits.map(({ slowest }) => slowest)) },
        { what: 'size of a picture', value: median(own.map(({ pictureBytes }) => pictureBytes / 1e3)), unit: 'KB' },
      ],
      readings: { own, limits },
    }
  },
}

const VIEWERS = 1000
