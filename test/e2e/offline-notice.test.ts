import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import { EnginePool } from '../../src/engine/engine-pool.ts'
import { SILENT_LOG } from '../../src/telemetry/log.ts'
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
  const pool = new EnginePool(SILENT_LOG)
  const config = (more: string) => `cameras: { door: { url: "${camera.url}", name: "${NAME}", quality: 90 } }\n${more}\n`

  beforeAll(async () => {
    camera = await startFakeCamera({
      clip: await loadClip({ width: 640, height: 360, fps: 30, frames: 30, gop: 10, bitrate: 600_000 }),
    })
    gateway = await startGatewayProcess({ config: config('language: es') })
  }, 60_000)

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]()
    await camera?.[Symbol.asyncDispose]()
    await pool[Symbol.asyncDispose]()
  })

  const status = async () => (await gateway.getJson<Record<string, CameraStatus>>('/status'))['door'] as CameraStatus

  /** Puts a configuration in force that ends in these lines. */
  async function under(more: string): Promise<void> {
    await gateway.writeConfig(config(more))
    expect((await gateway.post('/api/config/reload')).status).toBe(200)
  }

  async function watchLive(): Promise<MjpegReader> {
    await camera.revive()
    const reader = new MjpegReader(`${gateway.url}/camera/door`)
    await vi.waitFor(() => expect(reader.pictures.filter(({ isNotice }) => !isNotice).length).toBeGreaterThan(5), SOON)
    return reader
  }

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

  it.each([
    ['language: es', ['Sin señal desde']],
    ['language: en', ['No signal since']],
    ['', ['No signal since', 'Sin señal desde']],
  ] as const)('says so letter by letter, with %j', { timeout: 60_000 }, async (language, words) => {
    await under(language)
    const reader = new MjpegReader(`${gateway.url}/camera/door?width=600`)
    await vi.waitFor(() => expect(notices(reader).length).toBeGreaterThan(0), SOON)
    const offlineSince = Date.parse((await status()).since)
    const { data } = notices(reader)[0]!
    /** Whether it is what is drawn from this; the last picture may have been of the second before. */
    const says = async (name: string) => {
      const drawn = [offlineSince, offlineSince - 1000].map((since) => {
        const lines = [name, ...words.map((word) => `${word} ${clock(since)}`), day(since)]
        return pool.drawNotice({ width: 600, height: 338, quality: 90, lines })
      })
      return (await Promise.all(drawn)).some((notice) => notice.equals(data))
    }
    expect(await says(NAME)).toBe(true)
    expect(await says(NAME.replace('ñ', 'n'))).toBe(false)
    reader.close()
  })

  it('is its last picture as it was, where that is wanted', { timeout: 60_000 }, async () => {
    await under('offline: last-picture')
    const reader = await watchLive()
    await camera.kill()
    await vi.waitFor(async () => expect((await status()).state).toBe('offline'), SOON)
    const { length } = reader.pictures
    await vi.waitFor(() => expect(reader.pictures.length).toBeGreaterThan(length + 1), SOON)
    const [before, after] = [reader.pictures[length - 1]!, reader.pictures.at(-1)!]
    expect([after.sequence, after.isNotice, after.data.equals(before.data)]).toEqual([before.sequence, false, true])
    reader.close()
  })

  it('is the end of the stream after a whole picture, where that is wanted', { timeout: 60_000 }, async () => {
    await under('offline: close')
    const reader = await watchLive()
    await camera.kill()
    await vi.waitFor(() => expect(reader.isClosed).toBe(true), SOON)
    expect([reader.endedWhole, reader.failure, notices(reader)]).toEqual([true, undefined, []])
  })
})

const NAME = 'Jardín del niño'
const SOON = { timeout: 20_000 }

/** By the clock on the wall, where the tests and the gateway are. */
function clock(instant: number): string {
  return new Date(instant).toTimeString().slice(0, 8)
}

function day(instant: number): string {
  const date = new Date(instant)
  return [date.getFullYear(), ...[date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'))].join('-')
}

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
