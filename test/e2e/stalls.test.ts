import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import { loadClip } from '../fake-camera/clip.ts'
import { type FakeCamera, startFakeCamera } from '../fake-camera/fake-camera.ts'
import { requirePeer } from '../peers/required.ts'
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts'
import { MjpegReader } from './mjpeg-reader.ts'

describe.runIf(requirePeer('ffmpeg'))('the watch over cameras', { timeout: 60_000 }, () => {
  const cameras: FakeCamera[] = []
  let gateway: GatewayProcess
  let readers: MjpegReader[]

  beforeAll(async () => {
    const clip = await loadClip({ width: 320, height: 180, fps: 10, frames: 50, gop: 10, bitrate: 200_000 })
    for (let count = 0; count < 2; count++) cameras.push(await startFakeCamera({ clip, audio: true }))
    gateway = await startGatewayProcess({ config: `cameras:\n  door: "${cameras[0]?.url}"\n  hall: "${cameras[1]?.url}"\n` })
    readers = ['door', 'hall'].map((id) => new MjpegReader(`${gateway.url}/camera/${id}`))
    await vi.waitFor(() => expect(readers.every(({ distinct }) => distinct > 5)).toBe(true), { timeout: 20_000 })
  }, 60_000)

  afterAll(async () => {
    for (const reader of readers) reader.close()
    await gateway[Symbol.asyncDispose]()
    for (const camera of cameras) await camera[Symbol.asyncDispose]()
  })

  const states = () => gateway.getJson<Record<string, CameraStatus>>('/status')
  const newPictures = (reader: MjpegReader | undefined, count: number) => {
    const { length } = reader?.pictures ?? []
    const fresh = () => reader?.pictures.slice(length).filter(({ isNotice }) => !isNotice).length
    return vi.waitFor(() => expect(fresh()).toBeGreaterThan(count), { timeout: 20_000 })
  }

  it('blames none of them for the time that the gateway itself was asleep', async () => {
    gateway.signal('SIGSTOP')
    await sleep(STALLED_AFTER_MS + 1500)
    gateway.signal('SIGCONT')
    await Promise.all(readers.map((reader) => newPictures(reader, 20)))
    const { door, hall } = await states()
    expect([door, hall]).toMatchObject([door, hall].map(() => ({ state: 'live', reconnects: 0, lastError: null })))
    expect(cameras.map(({ requests }) => requests.filter((method) => method === 'PLAY').length)).toEqual([1, 1])
    expect(readers.map(({ isClosed }) => isClosed)).toEqual([false, false])
  })

  it('connects one anew whose sound goes on while its pictures do not; nobody else notices', async () => {
    cameras[0]?.misbehave('video-dead')
    const begun = performance.now()
    await vi.waitFor(async () => expect((await states())['door']).toMatchObject({ state: 'offline', reason: 'stalled' }), {
      timeout: 20_000,
    })
    expect(performance.now() - begun).toBeGreaterThan(STALLED_AFTER_MS - 1000)
    cameras[0]?.resume()
    await newPictures(readers[0], 5)
    expect((await states())['hall']).toMatchObject({ state: 'live', reconnects: 0 })
    expect(readers[1]?.pictures.some(({ isNotice }) => isNotice)).toBe(false)
    expect(readers.map(({ isClosed, failure }) => [isClosed, failure])).toEqual(readers.map(() => [false, undefined]))
  })
})

const STALLED_AFTER_MS = 5000
