import { startAtalaya } from './contenders/all.ts'
import type { Contender } from './contenders/contender.ts'
import { Crowd, watchWithCrowd } from './crowd/crowd.ts'
import { measureWriteLimit } from './crowd/write-limit.ts'
import { CLIP, startReplayCamera } from './replay-camera.ts'
import type { Scenario } from './scenario.ts'
import { median } from './statistics.ts'
import { pause } from './waiting.ts'

/** A whole auditorium: one thousand viewers of one camera. */
export const thousandViewers: Scenario = {
  name: 'thousand-viewers',
  title: '1,000 viewers of one camera at 30 pictures a second',
  async run({ isQuick, rounds }) {
    const times = { settle: 10, seconds: isQuick ? 5 : 15 }
    await using camera = await startReplayCamera(CLIP)
    const own = []
    const limits = []
    const memory: number[] = []
    for (let round = 0; round < rounds; round++) {
      await using gateway = await startAtalaya(camera.url)
      const reading = await watchWithCrowd(gateway, VIEWERS, times)
      own.push(reading)
      memory.push((await memoryWith(VIEWERS, gateway)) - (await memoryWith(1, gateway)))
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
        { what: 'memory for each viewer', value: median(memory) / (VIEWERS - 1) / 1e3, unit: 'KB' },
        { what: 'size of a picture', value: median(own.map(({ pictureBytes }) => pictureBytes / 1e3)), unit: 'KB' },
      ],
      readings: { own, limits, memory },
    }
  },
}

const VIEWERS = 1000

/** What the main process holds, garbage collected, in bytes; what the kernel holds for the viewers' sockets is not in it. */
async function memoryWith(viewers: number, { url, pid }: Contender): Promise<number> {
  await using _crowd = await Crowd.gather(url, viewers)
  await pause(3)
  process.kill(pid, 'SIGUSR2')
  await pause(1)
  const metrics = await (await fetch(new URL('/metrics', url))).text()
  const bytes = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1])
  return bytes('nodejs_heap_size_used_bytes') + bytes('nodejs_external_memory_bytes')
}
