import type { Readable } from 'node:stream'
import {
  type Camera,
  type CameraState,
  type CameraStatus,
  createGateway,
  type Gateway,
  type GatewayEvent,
  mjpegStream,
  type OfflineReason,
  openCamera,
  type Picture,
} from 'atalaya'
import express, { type Request, type Response } from 'express'
import { describe, expectTypeOf, it } from 'vitest'

// `npm run check` judges this file by compiling it; nothing of the library runs here.

describe('the types of the library', () => {
  it('fit the ten lines of an Express program', () => {
    const program = async () => {
      const gateway = await createGateway({ cameras: { '1': 'rtsp://10.0.0.9/stream1', door: { url: 'test:clock', fps: 5 } } })
      const app = express()
      app.get('/live/:id', (request, response) => {
        expectTypeOf(request.params.id).toEqualTypeOf<string>()
        expectTypeOf(mjpegStream(gateway.camera(request.params.id)).pipe(response)).toEqualTypeOf(response)
      })
      app.get('/picture/:id', async (request, response) => {
        const { data } = await gateway.camera(request.params.id).picture({ width: 320 })
        response.type('image/jpeg').send(data)
      })
      app.use('/cameras', (request, response) => gateway.handle(request, response))
    }
    expectTypeOf(program).returns.resolves.toBeVoid()
    expectTypeOf<Parameters<Gateway['handle']>>().not.toBeAny()
    expectTypeOf<[Request, Response]>().toExtend<Parameters<Gateway['handle']>>()
  })

  it('fit the five lines that save a picture', () => {
    const program = async () => {
      await using camera = await openCamera({
        url: 'rtsp://10.0.0.9/stream1',
        user: 'admin',
        password: 'x',
        connect: 'on-demand',
      })
      return (await camera.picture({ maxAge: 0, wait: 20 })).data
    }
    expectTypeOf(program).returns.resolves.toEqualTypeOf<Buffer>()
  })

  it('say what a camera is and gives', () => {
    expectTypeOf<Camera['state']>().toEqualTypeOf<'stopped' | 'connecting' | 'live' | 'offline'>()
    expectTypeOf<CameraState>().toEqualTypeOf<Camera['state']>()
    expectTypeOf<ReturnType<Camera['status']>>().toEqualTypeOf<CameraStatus>()
    expectTypeOf<CameraStatus['reason']>().toEqualTypeOf<OfflineReason | 'on-hold' | 'on-demand' | null>()
    expectTypeOf<OfflineReason>().not.toBeAny()
    expectTypeOf<Camera['stop']>().returns.resolves.toBeVoid()
    expectTypeOf<Camera['pictures']>().returns.toEqualTypeOf<AsyncIterable<Picture>>()
    expectTypeOf<Picture['capturedAt']>().toEqualTypeOf<Date>()
    expectTypeOf<ReturnType<typeof mjpegStream>>().toExtend<Readable>()
  })

  it('say what happens, by the kind of event', () => {
    const follow = async (gateway: Gateway) => {
      for await (const event of gateway.events()) {
        expectTypeOf(event).toEqualTypeOf<GatewayEvent>()
        if (event.type === 'state') expectTypeOf(event.state).toEqualTypeOf<CameraState>()
      }
    }
    expectTypeOf(follow).returns.resolves.toBeVoid()
  })

  it('refuse what makes no sense', () => {
    expectTypeOf(openCamera).parameter(0).not.toBeAny()
    // @ts-expect-error a camera has an address
    expectTypeOf(openCamera).toBeCallableWith(5)
    // @ts-expect-error seconds, not text
    expectTypeOf<Camera['picture']>().toBeCallableWith({ wait: '10' })
    // @ts-expect-error a key that no camera has
    expectTypeOf(createGateway).toBeCallableWith({ cameras: { '1': { adress: 'test:clock' } } })
  })
})
