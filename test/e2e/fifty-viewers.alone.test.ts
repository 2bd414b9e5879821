import { describe, expect, it, vi } from 'vitest'
import { startGstreamerCamera, testPictures } from '../peers/gstreamer-camera.ts'
import { requirePeer } from '../peers/required.ts'
import { startGatewayProcess } from './gateway-process.ts'
import { MjpegReader } from './mjpeg-reader.ts'

const MEASURED_MS = 8000

describe.runIf(requirePeer('gstreamer'))('a camera of GStreamer', () => {
  it('is shown to fifty viewers at its full rate', { timeout: 60_000 }, async () => {
    await using camera = await startGstreamerCamera({ mounts: { '/live': testPictures({ width: 960, height: 540, fps: 30 }) } })
    await using gateway = await startGatewayProcess({ config: `cameras: { door: "rtsp://127.0.0.1:${camera.port}/live" }\n` })
    const counts = Array.from({ length: 50 }, () => new Set<number>())
    const readers = counts.map(
      (count) => new MjpegReader(`${gateway.url}/camera/door`, { keep: false, onPicture: ({ sequence }) => count.add(sequence) }),
    )
    await vi.waitFor(() => expect(counts.every(({ size }) => size > 0)).toBe(true))
    for (const count of counts) count.clear()
    const began = performance.now()
    await new Promise((resolve) => setTimeout(resolve, MEASURED_MS))
    const elapsed = (performance.now() - began) / 1000
    const slowest = Math.min(...counts.map(({ size }) => size)) / elapsed
    for (const reader of readers) reader.close()
    expect(readers.map(({ failure }) => failure).filter(Boolean)).toEqual([])
    expect(slowest).toBeGreaterThan(29)
    await vi.waitFor(async () => expect(await gateway.getJson('/api/viewers')).toMatchObject({ viewers: [] }))
  })
})
