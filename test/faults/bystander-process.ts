/** The process in which healthy cameras play and their viewers watch; see bystanders.ts. */
import { percentile } from '../../bench/statistics.ts'
import { waitUntil } from '../../bench/waiting.ts'
import { loadClip } from '../fake-camera/clip.ts'
import { type FakeCamera, startFakeCamera } from '../fake-camera/fake-camera.ts'
import type { BystanderReport, BystanderRequest } from './bystanders.ts'
import { WatchedStream } from './watched-stream.ts'

const cameras: FakeCamera[] = []
const viewers: WatchedStream[] = []

process.on('disconnect', () => process.exit(0))
process.on('message', (request: BystanderRequest) => {
  carryOut(request).then(
    (result) => process.send?.({ result: result ?? null }),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})

async function carryOut(request: BystanderRequest): Promise<unknown> {
  switch (request.ask) {
    case 'cameras':
      return startCameras(request.count)
    case 'watch':
      return watch(request.urls, request.each)
    case 'reset':
      return reset()
    case 'report':
      return report()
  }
}

async function startCameras(count: number): Promise<string[]> {
  for (let index = 0; index < count; index++) {
    const clip = await loadClip({ width: 320, height: 180, fps: 20, frames: 100, gop: 20, bitrate: 400_000, mark: index + 100 })
    cameras.push(await startFakeCamera({ clip }))
  }
  return cameras.map(({ url }) => url)
}

async function watch(urls: readonly string[], each: number): Promise<void> {
  for (const viewer of viewers.splice(0)) viewer[Symbol.dispose]()
  for (const url of urls) for (let count = 0; count < each; count++) viewers.push(new WatchedStream(url))
  await waitUntil('all bystanders see pictures', () => viewers.every(({ distinct }) => distinct > 20), 20)
}

function reset(): void {
  for (const viewer of viewers) viewer.reset()
}

function report(): BystanderReport {
  const sum = (value: (viewer: WatchedStream) => number) => viewers.reduce((total, viewer) => total + value(viewer), 0)
  const silences = viewers.map(({ widestGap, newest }) =>
    Math.max(widestGap, (performance.timeOrigin + performance.now() - (newest?.at ?? 0)) / 1000),
  )
  return {
    viewers: viewers.length,
    pictures: sum(({ distinct }) => distinct),
    lost: sum(({ missed }) => missed),
    closed: viewers.filter(({ isClosed }) => isClosed).length,
    widestGap: Math.max(0, ...silences),
    delay99: percentile(
      viewers.flatMap(({ delays }) => delays),
      0.99,
    ),
  }
}
