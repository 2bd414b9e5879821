import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { loadClip } from '../fake-camera/clip.ts'
import { type FakeCamera, startFakeCamera } from '../fake-camera/fake-camera.ts'
import { requirePeer } from '../peers/required.ts'
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts'
import { JpegDecoder } from './jpeg-pixels.ts'
import { MjpegReader, type ReceivedPicture } from './mjpeg-reader.ts'

describe.runIf(requirePeer('ffmpeg'))('a camera whose power fails, at its viewer', () => {
  let camera: FakeCamera
  let gateway: GatewayProcess
  const decoder = new JpegDecoder()

  beforeAll(async () => {
    camera = await startFakeCamera({
      clip: await loadClip({ width: 640, height: 360, fps: 30, frames: 30, gop: 10, bitrate: 600_000 }),
    })
    gateway = await startGatewayProcess({
      config: `cameras: { door: { url: "${camera.url}", name: Puerta del niño } }\nlanguage: es\n`,
    })
  }, 60_000)

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]()
    await camera?.[Symbol.asyncDispose]()
  })

  it('is its last picture, dimmed, with words, until it is back on the same response', { timeout: 30_000 }, async () => {
    const reader = new MjpegReader(`${gateway.url}/camera/door`)
    await vi.waitFor(() => expect(reader.pictures.length).toBeGreaterThan(5), { timeout: 10_000 })
    const live = reader.pictures.at(-1)!
    expect(live.isNotice).toBe(false)
    await camera.kill()
    await vi.waitFor(() => expect(notices(reader).length).toBeGreaterThan(2), { timeout: 6000 })
    const [notice, again] = notices(reader)
    expect(meanLuma(decoder, notice!)).toBeLessThan(0.6 * meanLuma(decoder, live))
    expect(brightest(decoder, notice!)).toBeGreaterThan(220)
    expect(again?.data.equals(notice!.data)).toBe(true)
    const before = reader.pictures.length
    await camera.revive()
    await vi.waitFor(() => expect(reader.pictures.slice(before).filter(({ isNotice }) => !isNotice).length).toBeGreaterThan(10), {
      timeout: 6000,
    })
    expect(reader.pictures.at(-1)?.isNotice).toBe(false)
    expect(reader.failure).toBeUndefined()
    reader.close()
  })

  it('is a dark picture with words for one who comes when it is gone', { timeout: 20_000 }, async () => {
    await camera.kill()
    const reader = new MjpegReader(`${gateway.url}/camera/door?width=320`)
    await vi.waitFor(() => expect(notices(reader).length).toBeGreaterThan(0), { timeout: 8000 })
    const [notice] = notices(reader)
    expect(decoder.decode(notice!.data)).toMatchObject({ width: 320, height: 180 })
    expect(brightest(decoder, notice!)).toBeGreaterThan(150)
    reader.close()
  })
})

function notices(reader: MjpegReader): ReceivedPicture[] {
  return reader.pictures.filter(({ isNotice }) => isNotice)
}

function meanLuma(decoder: JpegDecoder, picture: ReceivedPicture): number {
  const samples = luma(decoder, picture)
  return samples.reduce((sum, value) => sum + value, 0) / samples.length
}

function brightest(decoder: JpegDecoder, picture: ReceivedPicture): number {
  return luma(decoder, picture).reduce((most, value) => Math.max(most, value), 0)
}

function luma(decoder: JpegDecoder, { data }: ReceivedPicture): number[] {
  const { width, height, stride, data: plane } = decoder.decode(data)
  return Array.from({ length: height }, (_, y) => [...plane.subarray(y * stride, y * stride + width)]).flat()
}
