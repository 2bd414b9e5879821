import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MemoryEngines } from '../../test/fakes/memory-engines.ts'
import { ScriptedSource } from '../../test/fakes/scripted-source.ts'
import { cameraConfig } from '../../test/fakes/test-camera.ts'
import { AtalayaError } from '../api/errors.ts'
import type { CameraConfig } from '../config/config.ts'
import { parseCameraUrl } from '../lib/camera-url.ts'
import type { Picture } from '../media/picture.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { Camera, type CameraParts } from './camera.ts'
import type { PictureTaker } from './picture-taker.ts'

class Album implements PictureTaker {
  readonly pictures: Picture[] = []
  readonly endings: AtalayaError[] = []
  outages = 0
  picture(picture: Picture): void {
    this.pictures.push(picture)
  }
  offline(): void {
    this.outages++
  }
  ended(error: AtalayaError): void {
    this.endings.push(error)
  }
}

let source: ScriptedSource
let engines: MemoryEngines
let camera: Camera

function create(config: Partial<CameraConfig> = {}): Camera {
  camera = new Camera(cameraConfig(config), { openSource: () => source, engines, log: SILENT_LOG })
  return camera
}

/** Lets promises settle; timers stand still. */
const settle = () => vi.advanceTimersByTimeAsync(0)

async function goLive(packets = 1): Promise<void> {
  camera.start()
  await settle()
  source.describe()
  for (let index = 0; index < packets; index++) source.packet(index === 0)
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] })
  source = new ScriptedSource()
  engines = new MemoryEngines()
})

afterEach(async () => {
  await camera.stop()
  expect(source.running).toBe(0)
  expect(engines.decoders).toHaveLength(0)
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe('a camera whose settings change', () => {
  const address = (path: string) => parseCameraUrl(`rtsp://user:canary@10.0.0.9:554/${path}`)
  const rtsp = (path: string) => ({ kind: 'rtsp', url: address(path), tls: { verify: true, fingerprint: undefined } }) as const

  it('stays connected, and its viewers see it in the new way', async () => {
    create({ source: rtsp('1') })
    await goLive()
    const album = new Album()
    const viewer = camera.watch({}, album)
    await settle()
    source.packet()
    expect(viewer.rendition).toBe('640x360 q80')
    expect(await camera.change(cameraConfig({ source: rtsp('1'), name: 'Gate', quality: 50, width: 320 }))).toBe(false)
    await settle()
    expect([viewer.rendition, source.runs, camera.viewers, camera.state]).toEqual(['320x180 q50', 1, 1, 'live'])
    expect(camera.status().name).toBe('Gate')
    source.packet()
    expect(album.pictures.length).toBeGreaterThan(1)
    expect(album.endings).toEqual([])
    viewer.close()
  })

  it('is connected anew at another address, with one connection at a time; its viewers wait, and numbers go on', async () => {
    create({ source: rtsp('1') })
    await goLive(5)
    const album = new Album()
    const viewer = camera.watch({}, album)
    await settle()
    const before = album.pictures.at(-1)?.sequence ?? 0
    expect(await camera.change(cameraConfig({ source: rtsp('2') }))).toBe(true)
    expect(camera.state).toBe('connecting')
    await settle()
    expect([source.runs, source.running, camera.status().reconnects]).toEqual([2, 1, 0])
    source.track = { codec: 'h265', width: 1280, height: 720 }
    source.describe()
    source.packet(true)
    await settle()
    expect([viewer.rendition, camera.state, album.outages, album.endings]).toEqual(['1280x720 q80', 'live', 0, []])
    expect(album.pictures.at(-1)?.sequence).toBeGreaterThan(before)
    viewer.close()
  })

  it('does not wait for the next try where the new password may be right', async () => {
    create({ source: rtsp('1') })
    camera.start()
    await settle()
    source.fail(new AtalayaError('auth_failed'))
    await settle()
    expect(camera.status()).toMatchObject({ reason: 'auth-failed', retryIn: 25 })
    await camera.change(cameraConfig({ source: rtsp('2') }))
    await settle()
    expect([camera.state, source.runs]).toEqual(['connecting', 2])
  })

  it('moves its viewers to the main stream when its sub stream is taken away, and back', async () => {
    const [main, sub] = [new ScriptedSource(), new ScriptedSource()]
    const parts = { engines, log: SILENT_LOG }
    const openSource: CameraParts['openSource'] = ({ source }) => ('url' in source && source.url.path === '/2' ? sub : main)
    const config = cameraConfig({ source: rtsp('1'), sub: rtsp('2') })
    camera = new Camera(config, { ...parts, openSource })
    camera.start()
    const start = async () => {
      await settle()
      for (const one of [main, sub]) {
        one.describe()
        one.packet(true)
      }
      await settle()
    }
    await start()
    const album = new Album()
    const viewer = camera.watch({ stream: 'sub' }, album)
    await settle()
    await camera.change({ ...config, sub: undefined })
    expect([sub.running, main.running, camera.status().streams.length]).toEqual([0, 1, 1])
    main.packet(true)
    await settle()
    const { length } = album.pictures
    main.packet(true)
    await settle()
    expect(album.pictures.length).toBe(length + 1)
    await camera.change(config)
    await start()
    expect([sub.running, album.endings, viewer.rendition]).toEqual([1, [], '640x360 q80'])
    viewer.close()
  })

  it('stays on hold', async () => {
    create({ source: rtsp('1') })
    await camera.change(cameraConfig({ source: rtsp('2') }))
    await settle()
    expect([camera.isHeld, source.runs]).toEqual([true, 0])
  })

  it('lets go of its connection when it is wanted on demand only, and takes it up again', async () => {
    create({ source: rtsp('1') })
    await goLive()
    await camera.change(cameraConfig({ source: rtsp('1'), connect: 'on-demand' }))
    await settle()
    expect(source.running).toBe(0)
    await camera.change(cameraConfig({ source: rtsp('1') }))
    await settle()
    expect(source.running).toBe(1)
  })
})
