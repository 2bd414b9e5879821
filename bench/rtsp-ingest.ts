import { IngestProcess } from './ingest/ingest-process.ts'
import { CLIP, type ReplayClip, startReplayCamera } from './replay-camera.ts'
import type { Figure, Scenario } from './scenario.ts'
import { median, percentile } from './statistics.ts'
import { pause, waitUntil } from './waiting.ts'

/** What it takes to receive: from the last byte of a picture on the wire to its packet, and the processor time of eight cameras. */
export const rtspIngest: Scenario = {
  name: 'rtsp-ingest',
  title: 'RTSP cameras of 960×544 at 30 pictures a second, received and not decoded',
  async run({ isQuick }) {
    const seconds = isQuick ? 5 : 15
    const figures: Figure[] = []
    const readings: Record<string, unknown> = {}
    for (const [codec, clip] of Object.entries(CLIPS)) {
      await using camera = await startReplayCamera(clip)
      for (const transport of ['tcp', 'udp'] as const) {
        await using ingest = new IngestProcess([camera.url], transport)
        await waitUntil('pictures come', async () => (await ingest.read()).pictures > 60, 15)
        await pause(seconds)
        const written = (await camera.written()).map(({ at }) => at)
        const { arrivals } = await ingest.read()
        const delays = arrivals.slice(-seconds * CLIP.fps).map((arrival) => arrival - nearest(written, arrival))
        const what = `${codec} over ${transport.toUpperCase()}, from the wire to the packet`
        figures.push({ what: `${what}, median`, value: median(delays), unit: 'ms', bar: { atMost: 1 } })
        figures.push({ what: `${what}, 99th percentile`, value: percentile(delays, 0.99), unit: 'ms' })
        readings[`${codec} ${transport}`] = delays
      }
    }
    for (const transport of ['tcp', 'udp'] as const) figures.push(...(await measureEight(transport, seconds)))
    return { figures, readings }
  },
}

const SIZE = { ...CLIP, height: 544, frames: 90 }
const CLIPS: Readonly<Record<string, ReplayClip>> = {
  'H.264': SIZE,
  'H.265': { ...SIZE, codec: 'h265' },
  JPEG: { ...SIZE, codec: 'jpeg' },
}

/** Eight cameras of 4 Mbit/s in one process. */
async function measureEight(transport: 'tcp' | 'udp', seconds: number): Promise<Figure[]> {
  await using camera = await startReplayCamera(CLIP)
  await using ingest = new IngestProcess(Array<string>(8).fill(camera.url), transport)
  await waitUntil('pictures come', async () => (await ingest.read()).pictures > 8 * 60, 15)
  const before = await ingest.read()
  const began = performance.now()
  await pause(seconds)
  const after = await ingest.read()
  const elapsed = (performance.now() - began) / 1000
  const what = `8 cameras of 4 Mbit/s over ${transport.toUpperCase()}`
  return [
    { what: `${what}, processor`, value: ((after.cpu - before.cpu) / elapsed) * 100, unit: '% of a core', bar: { atMost: 3 } },
    { what: `${what}, pictures a second`, value: (after.pictures - before.pictures) / elapsed, bar: { atLeast: 8 * 29 } },
    { what: `${what}, packets lost`, value: after.lostPackets, bar: { atMost: 0 } },
  ]
}

/** Of the moments when pictures were written the one nearest to this; a picture may be there before its camera has noted that it is sent. */
function nearest(moments: readonly number[], moment: number): number {
  return moments.reduce(
    (best, other) => (Math.abs(other - moment) < Math.abs(best - moment) ? other : best),
    Number.NEGATIVE_INFINITY,
  )
}
