import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TestCamera } from '../../test/fakes/test-camera.ts'
import { AtalayaError } from '../api/errors.ts'
import { Camera, cameraBehind } from './camera.ts'

let subject: TestCamera
let camera: Camera
const pilot = { carryOut: vi.fn(async () => undefined), presets: vi.fn(async () => [{ id: '1', name: 'Door' }]) }

beforeEach(async () => {
  subject = new TestCamera()
  camera = new Camera(subject.camera, pilot)
  await subject.goLive()
})

afterEach(() => camera.stop())

/** Lets everything happen that waits for nothing but its turn. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('a single picture', () => {
  it('has its bytes, its size, its number and the time it was taken', async () => {
    const before = Date.now()
    const picture = await camera.picture()
    expect(picture).toMatchObject({ width: 640, height: 360, sequence: 1 })
    expect(picture.data.toString()).toBe('0')
    expect(Math.abs(picture.capturedAt.getTime() - before)).toBeLessThan(1000)
  })

  it('may be asked to be newer than the call, in seconds', async () => {
    await camera.picture()
    const fresh = camera.picture({ maxAge: 0 })
    await settle()
    subject.source.packet()
    expect((await fresh).sequence).toBe(2)
  })

  it('is waited for as long as asked, and no longer', async () => {
    await camera.picture()
    await expect(camera.picture({ maxAge: 0, wait: 0.02 })).rejects.toMatchObject({ code: 'no_picture', status: 503 })
  })

  it('is given up with its signal, also where that is aborted already', async () => {
    const aborted = AbortSignal.abort()
    await expect(camera.picture({ maxAge: 0, signal: aborted })).rejects.toMatchObject({ code: 'no_picture' })
    const controller = new AbortController()
    const picture = camera.picture({ maxAge: 0, signal: controller.signal })
    controller.abort()
    await expect(picture).rejects.toMatchObject({ code: 'no_picture' })
    expect(camera.status().viewers).toBe(0)
  })

  it.each([
    [{ width: 15 }, 'width must be a whole number from 16 to 8192, not 15.'],
    [{ height: 16.5 }, 'height must be a whole number from 16 to 8192, not 16.5.'],
    [{ quality: Number.NaN }, 'quality must be a whole number from 1 to 100, not NaN.'],
    [{ maxAge: -1 }, 'maxAge must be a number from 0 to 86400, not -1.'],
    [{ wait: Number.POSITIVE_INFINITY }, 'wait must be a number from 0 to 86400, not Infinity.'],
    [{ stream: 'third' as 'main' }, 'stream must be main or sub, not third.'],
  ])('is refused where it cannot be made: %o', async (options, message) => {
    await expect(camera.picture(options)).rejects.toMatchObject({ code: 'bad_parameter', status: 400, message })
  })
})

describe('a loop over pictures', () => {
  it('gives a slow consumer the newest picture, and the numbers tell what it missed', async () => {
    const seen: number[] = []
    for await (const { sequence } of camera.pictures()) {
      seen.push(sequence)
      if (seen.length === 3) break
      for (let packet = 0; packet < 5; packet++) subject.source.packet()
      await settle()
    }
    expect(seen).toEqual([1, 6, 11])
  })

  it('frees the camera in the moment it is left', async () => {
    for await (const _ of camera.pictures()) {
      expect(camera.status().viewers).toBe(1)
      break
    }
    expect(camera.status().viewers).toBe(0)
  })

  it('frees the camera when its body throws', async () => {
    const loop = async () => {
      for await (const { sequence } of camera.pictures()) throw new RangeError(`no ${sequence}`)
    }
    await expect(loop()).rejects.toThrow('no 1')
    expect(camera.status().viewers).toBe(0)
  })

  it('takes nothing of the camera before it begins', async () => {
    const pictures = camera.pictures()
    await settle()
    expect(camera.status().viewers).toBe(0)
    expect(await pictures[Symbol.asyncIterator]().next()).toMatchObject({ done: false, value: { sequence: 1 } })
    expect(camera.status().viewers).toBe(1)
  })

  it('is a pause while the camera is away, and shows no picture from before', async () => {
    const loop = camera.pictures()[Symbol.asyncIterator]()
    await loop.next()
    subject.source.packet()
    await settle()
    subject.source.fail(new AtalayaError('closed'))
    await vi.waitFor(() => expect(subject.source.runs).toBe(2), { timeout: 3000 })
    const next = loop.next()
    subject.source.describe()
    subject.source.packet(true)
    expect(await next).toMatchObject({ value: { sequence: 3 } })
  })

  it('ends quietly when the camera is put on hold', async () => {
    const seen: number[] = []
    for await (const { sequence } of camera.pictures()) {
      seen.push(sequence)
      setImmediate(() => void camera.stop())
    }
    expect(seen).toEqual([1])
    expect(camera.state).toBe('stopped')
  })

  it('ends quietly with its signal', async () => {
    const controller = new AbortController()
    const seen: number[] = []
    for await (const { sequence } of camera.pictures({ signal: controller.signal })) {
      seen.push(sequence)
      setImmediate(() => controller.abort())
    }
    for await (const { sequence } of camera.pictures({ signal: controller.signal })) seen.push(sequence)
    expect(seen).toEqual([1])
    expect(camera.status().viewers).toBe(0)
  })

  it('ends a call that waits when another part of the program leaves the loop', async () => {
    const loop = camera.pictures()[Symbol.asyncIterator]()
    await loop.next()
    const waiting = loop.next()
    await loop.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(await loop.next()).toEqual({ done: true, value: undefined })
    expect(camera.status().viewers).toBe(0)
  })

  it('fails where the video cannot be decoded', async () => {
    subject.engines.openDecoder = () => Promise.reject(new AtalayaError('engine_unavailable'))
    const loop = camera.pictures()[Symbol.asyncIterator]()
    await expect(loop.next()).rejects.toMatchObject({ code: 'engine_unavailable' })
    expect(await loop.next()).toEqual({ done: true, value: undefined })
  })

  it('does not begin while the camera is on hold', async () => {
    await camera.stop()
    expect(() => camera.pictures()[Symbol.asyncIterator]()).toThrow('Camera door is on hold')
  })

  it('refuses a rate that makes no sense', () => {
    expect(() => camera.pictures({ fps: 0 })).toThrow('fps must be a number from 0.1 to 120, not 0.')
  })
})

describe('a camera', () => {
  it('tells its state, and is put on hold and started again', async () => {
    expect([camera.id, camera.name, camera.state]).toEqual(['door', 'Door', 'live'])
    await camera.stop()
    expect([camera.state, camera.status().reason]).toEqual(['stopped', 'on-hold'])
    camera.reconnect()
    camera.ensureAlive()
    expect(camera.state).toBe('stopped')
    camera.start()
    expect(camera.state).toBe('connecting')
  })

  it('is one of a gateway, not an object that looks like one', () => {
    expect(() => cameraBehind({ ...camera } as Camera)).toThrow(TypeError)
  })
})

describe('a camera with a motor', () => {
  it('is moved, and tells its positions', async () => {
    await camera.ptz({ action: 'move', pan: -0.5, ms: 300 })
    expect(pilot.carryOut).toHaveBeenCalledWith(subject.camera.config, { action: 'move', pan: -0.5, ms: 300 })
    expect(await camera.presets()).toEqual([{ id: '1', name: 'Door' }])
  })

  it('is not told what nobody understands', async () => {
    pilot.carryOut.mockClear()
    await expect(camera.ptz({ action: 'move', pan: 7 })).rejects.toMatchObject({
      code: 'bad_parameter',
      message: 'pan must be a number from -1 to 1.',
    })
    await expect(camera.ptz({ action: 'jump' } as never)).rejects.toMatchObject({ code: 'bad_parameter' })
    expect(pilot.carryOut).not.toHaveBeenCalled()
  })
})
