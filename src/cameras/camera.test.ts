import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type MemoryDecoder, MemoryEngines } from '../../test/fakes/memory-engines.ts'
import { ScriptedSource } from '../../test/fakes/scripted-source.ts'
import { cameraConfig } from '../../test/fakes/test-camera.ts'
import { AtalayaError } from '../api/errors.ts'
import type { CameraConfig } from '../config/config.ts'
import type { Picture } from '../media/picture.ts'
import { millis } from '../media/time.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { Camera } from './camera.ts'
import { CONNECTION_LINGER_MS } from './demand.ts'
import type { PictureTaker } from './picture-taker.ts'
import { DECODER_LINGER_MS } from './renditions.ts'

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
  get contents(): string[] {
    return this.pictures.map(({ data }) => data.toString())
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

describe('the life of a camera', () => {
  it('connects from the start, is live with the first video, and decodes nothing while nobody looks', async () => {
    create().start()
    expect(camera.status()).toMatchObject({ state: 'connecting', active: false, reason: null })
    await goLive(3)
    expect(camera.status()).toMatchObject({
      state: 'live',
      active: true,
      condition: 'ok',
      width: 640,
      height: 360,
      codec: 'h264',
    })
    expect(engines.opened).toBe(0)
  })

  it('keeps its viewers through an outage, retries, and pictures resume for them', async () => {
    create()
    await goLive()
    const album = new Album()
    camera.watch({}, album)
    await settle()
    source.fail(new AtalayaError('refused'))
    await settle()
    expect(camera.status()).toMatchObject({ state: 'offline', reason: 'refused', viewers: 1 })
    expect(album.outages).toBe(1)
    await vi.advanceTimersByTimeAsync(1000)
    source.describe()
    source.packet(true)
    await settle()
    expect(camera.state).toBe('live')
    expect(album.contents).toEqual(['0', '1'])
    expect(album.endings).toEqual([])
  })

  it('counts a connection without video as stalled, at first after 10 s, then after 5 s', async () => {
    create().start()
    await vi.advanceTimersByTimeAsync(9500)
    expect(camera.state).toBe('connecting')
    await vi.advanceTimersByTimeAsync(1000)
    expect(camera.status()).toMatchObject({ state: 'offline', reason: 'stalled' })
    await vi.advanceTimersByTimeAsync(1000)
    source.describe()
    source.packet(true)
    await vi.advanceTimersByTimeAsync(4900)
    expect(camera.state).toBe('live')
    await vi.advanceTimersByTimeAsync(500)
    expect(camera.status()).toMatchObject({ state: 'offline', reason: 'stalled', reconnects: 1 })
  })

  it('frees everything when it is put on hold, stays on hold, and starts again when told', async () => {
    create()
    await goLive()
    const album = new Album()
    camera.watch({}, album)
    await settle()
    expect(engines.decoders).toHaveLength(1)
    await camera.stop()
    expect(album.endings.map(({ code }) => code)).toEqual(['camera_stopped'])
    expect([source.running, engines.decoders.length]).toEqual([0, 0])
    expect(camera.status()).toMatchObject({ state: 'stopped', reason: 'on-hold' })
    camera.reconnect()
    camera.ensureAlive()
    expect(() => camera.watch({}, album)).toThrow('on hold')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(source.runs).toBe(1)
    await goLive()
    expect(camera.state).toBe('live')
  })

  it('has never two connections at once, however it is stopped and started', async () => {
    create()
    for (let round = 0; round < 20; round++) {
      camera.start()
      if (round % 3 === 0) await settle()
      camera.stop().catch(() => undefined)
      if (round % 2 === 0) camera.start()
      expect(source.running).toBeLessThanOrEqual(1)
    }
  })

  it('reconnects at once when told, also in the middle of a wait', async () => {
    create()
    await goLive()
    camera.reconnect()
    await settle()
    expect(source.runs).toBe(2)
    source.fail(new AtalayaError('unreachable'))
    await settle()
    camera.reconnect()
    await settle()
    expect(source.runs).toBe(3)
  })

  it('connects an on-demand camera for a viewer, and leaves it 10 s after the last', async () => {
    create({ connect: 'on-demand' }).start()
    await settle()
    expect(camera.status()).toMatchObject({ state: 'stopped', reason: 'on-demand' })
    expect(source.runs).toBe(0)
    const watch = camera.watch({}, new Album())
    await settle()
    expect(source.runs).toBe(1)
    source.describe()
    const video = setInterval(() => source.packet(true), 1000)
    watch.close()
    await vi.advanceTimersByTimeAsync(CONNECTION_LINGER_MS - 1)
    expect(camera.state).toBe('live')
    await vi.advanceTimersByTimeAsync(1)
    clearInterval(video)
    expect(camera.status()).toMatchObject({ state: 'stopped', reason: 'on-demand' })
    expect(source.running).toBe(0)
  })

  it('tells how its video travels, and what got lost on all connections together', async () => {
    expect(create().status().streams).toMatchObject([{ transport: null, lostPackets: 0, lostPictures: 0 }])
    await goLive()
    source.reception = { transport: 'udp', lostPackets: 3, lostPictures: 20 }
    expect(camera.status().streams).toMatchObject([{ transport: 'udp', lostPackets: 3, lostPictures: 20 }])
    source.fail(new AtalayaError('closed'))
    source = new ScriptedSource()
    source.reception = { transport: 'tcp', lostPackets: 1, lostPictures: 2 }
    await vi.advanceTimersByTimeAsync(1000)
    expect(camera.status().streams).toMatchObject([{ transport: 'tcp', lostPackets: 4, lostPictures: 22 }])
  })

  it('shows no password in its status', async () => {
    create()
    await goLive()
    expect(JSON.stringify(camera.status())).not.toContain('canary')
    expect(camera.status()).toMatchObject({ url: 'rtsp://10.0.0.9:554/1', ip: '10.0.0.9' })
  })
})

describe('the pictures of a camera', () => {
  it('begin for a newcomer with the last keyframe, then the present picture, then every one', async () => {
    create()
    await goLive(5)
    const album = new Album()
    camera.watch({}, album)
    await settle()
    expect(album.contents).toEqual(['0', '4'])
    source.packet()
    expect(album.contents).toEqual(['0', '4', '5'])
  })

  it('are decoded once, however many look, and made once for all who ask for the same', async () => {
    create()
    await goLive()
    const albums = Array.from({ length: 5 }, () => new Album())
    for (const [index, album] of albums.entries()) camera.watch(index < 3 ? {} : { width: 320 }, album)
    await settle()
    expect(engines.opened).toBe(1)
    expect(camera.status().renditions).toEqual(['640x360 q80', '320x180 q80'])
    expect(albums[4]?.pictures[0]).toMatchObject({ width: 320, height: 180 })
  })

  it('are made no more as soon as the last who asked for them has left', async () => {
    create()
    await goLive()
    const [one, other] = [camera.watch({}, new Album()), camera.watch({ width: 320 }, new Album())]
    camera.watch({ width: 320 }, new Album())
    await settle()
    const made = () => [...(engines.decoders[0]?.renditions.values() ?? [])].map(({ width }) => width)
    expect(made()).toEqual([640, 320])
    other.close()
    expect(made()).toEqual([640, 320])
    one.close()
    expect(made()).toEqual([320])
  })

  it('reach a second viewer at once', async () => {
    create()
    await goLive()
    camera.watch({}, new Album())
    await settle()
    const second = new Album()
    camera.watch({}, second)
    expect(second.contents).toEqual(['0'])
  })

  it('cost nothing 10 s after the last viewer has left, and no new decoder before', async () => {
    create()
    await goLive()
    camera.watch({}, new Album()).close()
    await settle()
    const again = camera.watch({}, new Album())
    await settle()
    again.close()
    expect(camera.status().renditions).toEqual([])
    const packets = setInterval(() => source.packet(true), 1000)
    await vi.advanceTimersByTimeAsync(DECODER_LINGER_MS - 1)
    expect(engines.decoders).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(engines.decoders).toHaveLength(0)
    clearInterval(packets)
  })

  it('resume on the same subscription when the engine falls', async () => {
    create()
    await goLive(3)
    const album = new Album()
    camera.watch({}, album)
    await settle()
    engines.decoders[0]?.crash()
    await settle()
    source.packet()
    expect(engines.opened).toBe(2)
    expect(album.contents).toEqual(['0', '2', '0', '2', '3'])
    expect(album.endings).toEqual([])
  })

  it('end for a while when the stream crashes every engine: the camera is offline with the reason, and viewers stay', async () => {
    create()
    await goLive(3)
    const album = new Album()
    camera.watch({}, album)
    await settle()
    engines.refusal = new AtalayaError('quarantined')
    engines.decoders[0]?.crash()
    await settle()
    expect(camera.status()).toMatchObject({ state: 'offline', reason: 'quarantined', retryIn: 300, viewers: 1 })
    expect([album.outages, album.endings]).toEqual([1, []])
    engines.refusal = undefined
    await vi.advanceTimersByTimeAsync(300_000)
    source.describe()
    source.packet(true)
    await settle()
    expect(camera.state).toBe('live')
    expect(engines.decoders).toHaveLength(1)
    expect(album.endings).toEqual([])
  })

  it("follow a change of the camera's size", async () => {
    create()
    await goLive()
    const album = new Album()
    camera.watch({ width: 500 }, album)
    await settle()
    source.track = { codec: 'h264', width: 320, height: 240 }
    source.describe()
    source.packet(true)
    await settle()
    expect(album.pictures.map(({ width, height }) => `${width}x${height}`)).toEqual(['500x282', '320x240'])
  })

  it('are refused to a viewer too many', async () => {
    create({ maxViewers: 1 })
    await goLive()
    const first = camera.watch({}, new Album())
    expect(() => camera.watch({}, new Album())).toThrow('viewersPerCamera')
    first.close()
    expect(() => camera.watch({}, new Album())).not.toThrow()
  })
})

describe('a single picture', () => {
  const never = new AbortController().signal

  it('is the newest that exists', async () => {
    create()
    await goLive(5)
    expect((await camera.picture({}, never)).data.toString()).toBe('4')
    expect(camera.status().viewers).toBe(0)
  })

  it('is made once for all who ask at the same time, and again for the next only when there is a newer one', async () => {
    create()
    await goLive(5)
    const keep = camera.watch({ width: 320 }, new Album())
    await settle()
    const made = vi.spyOn(engines.decoders[0] as MemoryDecoder, 'setRenditions')
    const pictures = await Promise.all([camera.picture({}, never), camera.picture({}, never), camera.picture({}, never)])
    expect(new Set(pictures).size).toBe(1)
    const calls = made.mock.calls.length
    expect(await camera.picture({}, never)).toBe(pictures[0])
    expect(made).toHaveBeenCalledTimes(calls)
    source.packet()
    expect((await camera.picture({}, never)).data.toString()).toBe('5')
    keep.close()
  })

  it('of before an outage is not given after it', async () => {
    create()
    await goLive(5)
    await camera.picture({}, never)
    source.fail(new AtalayaError('closed'))
    await settle()
    await expect(camera.picture({}, never)).rejects.toMatchObject({ code: 'camera_offline' })
    await camera.stop()
    await expect(camera.picture({}, never)).rejects.toMatchObject({ code: 'camera_stopped' })
  })

  it('may be younger than the question, if that is asked', async () => {
    create()
    await goLive(5)
    await vi.advanceTimersByTimeAsync(1)
    const picture = camera.picture({ maxAge: millis(0) }, never)
    await settle()
    source.packet()
    expect((await picture).data.toString()).toBe('5')
  })

  it('is refused at once by a camera known to be offline', async () => {
    create().start()
    await settle()
    source.fail(new AtalayaError('refused', 'Nothing listens at 10.0.0.9:554.'))
    await settle()
    await expect(camera.picture({}, never)).rejects.toMatchObject({
      code: 'camera_offline',
      message: expect.stringContaining('Nothing listens'),
    })
  })

  it('is waited for while the camera connects, and given up when the caller says so', async () => {
    create().start()
    const caller = new AbortController()
    const picture = camera.picture({}, caller.signal)
    const failure = expect(picture).rejects.toMatchObject({ code: 'no_picture' })
    await settle()
    caller.abort()
    await failure
    const second = camera.picture({}, never)
    await goLive()
    await settle()
    expect((await second).data.toString()).toBe('0')
  })

  it('is not given by a camera on hold', async () => {
    create()
    await expect(camera.picture({}, never)).rejects.toMatchObject({ code: 'camera_stopped' })
  })
})
