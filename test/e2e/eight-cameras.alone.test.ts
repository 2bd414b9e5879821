import { describe, expect, it, vi } from 'vitest'
import { loadClip } from '../fake-camera/clip.ts'
import { startFakeCamera } from '../fake-camera/fake-camera.ts'
import { requirePeer } from '../peers/required.ts'
import { startGatewayProcess } from './gateway-process.ts'
import { JpegDecoder } from './jpeg-pixels.ts'
import { MjpegReader } from './mjpeg-reader.ts'

describe.runIf(requirePeer('ffmpeg'))('eight cameras at once', () => {
  it('are all shown at their full rate, and no picture of one is shown in another', { timeout: 120_000 }, async () => {
    const clips = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map((mark) =>
        loadClip({ width: 640, height: 360, fps: 30, frames: 60, gop: 30, mark, bitrate: 1_000_000 }),
      ),
    )
    const cameras = await Promise.all(clips.map((clip) => startFakeCamera({ clip })))
    const config = `cameras:\n${cameras.map(({ url }, index) => `  "${index + 1}": ${url}`).join('\n')}\n`
    const gateway = await startGatewayProcess({ config })
    try {
      const readers = clips.map((_, id) => new MjpegReader(`${gateway.url}/camera/${id + 1}`))
      await vi.waitFor(() => expect(readers.every(({ pictures }) => pictures.length > 5)).toBe(true), { timeout: 20_000 })
      const before = readers.map(({ pictures }) => pictures.length)
      const began = performance.now()
      await new Promise((resolve) => setTimeout(resolve, 5000))
      const elapsed = (performance.now() - began) / 1000
      const rates = readers.map(({ pictures }, index) => (pictures.length - (before[index] ?? 0)) / elapsed)
      for (const reader of readers) reader.close()
      expect(Math.min(...rates)).toBeGreaterThan(28)
      const decoder = new JpegDecoder()
      for (const [index, { pictures }] of readers.entries()) {
        expect(new Set(pictures.map(({ data }) => decoder.readMark(data)?.mark))).toEqual(new Set([index + 1]))
      }
    } finally {
      await gateway[Symbol.asyncDispose]()
      await Promise.all(cameras.map((camera) => camera.stop()))
    }
  })
})
