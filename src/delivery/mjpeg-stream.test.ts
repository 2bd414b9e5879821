import { createServer, get, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TestCamera } from '../../test/fakes/test-camera.ts'
import { AtalayaError } from '../api/errors.ts'
import { MjpegStream } from './mjpeg-stream.ts'

let subject: TestCamera
let server: Server | undefined

beforeEach(async () => {
  subject = new TestCamera()
  await subject.goLive()
})

afterEach(async () => {
  vi.useRealTimers()
  await subject.camera.stop()
  server?.closeAllConnections()
  server?.close()
  server = undefined
})

/** A reader that takes one piece at a time, when the test says so. */
class Gate extends Writable {
  readonly taken: string[] = []
  #release: (() => void) | undefined

  constructor() {
    super({ highWaterMark: 1 })
  }

  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(piece.toString('latin1'))
    this.#release = done
  }

  open(): void {
    this.#release?.()
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('a multipart stream', () => {
  it('gives a slow reader the newest picture; nothing is queued', async () => {
    const gate = new Gate()
    const stream = MjpegStream.open(subject.camera, { request: {} })
    stream.pipe(gate)
    await vi.waitFor(() => expect(gate.taken).toHaveLength(1))
    for (let packet = 0; packet < 50; packet++) subject.source.packet()
    await settle()
    expect(stream.readableLength).toBe(0)
    gate.open()
    await vi.waitFor(() => expect(gate.taken).toHaveLength(2))
    gate.open()
    await settle()
    expect(gate.taken.map((part) => /X-Sequence: (\d+)/.exec(part)?.[1])).toEqual(['1', '51'])
    gate.destroy()
  })

  it('begins with the boundary and the first picture in one piece', async () => {
    const gate = new Gate()
    MjpegStream.open(subject.camera, { request: {}, mode: 'browser' }).pipe(gate)
    await vi.waitFor(() => expect(gate.taken).toHaveLength(1))
    const opening = '--frame\r\nContent-Type: image/jpeg\r\n\r\n'
    expect(gate.taken).toEqual([`${opening}0\r\n${opening}`])
    gate.destroy()
  })

  it('shows a notice once a second while the camera is away, and goes on when it is back', async () => {
    let body = ''
    const stream = MjpegStream.open(subject.camera, { request: {} }).on('data', (data) => {
      body += data.toString('latin1')
    })
    await vi.waitFor(() => expect(body).toContain('X-Sequence: 1\r'))
    subject.source.fail(new AtalayaError('closed'))
    await vi.waitFor(() => expect(body.match(/X-Offline: true\r\n\r\nDoor \| No signal since/g)).toHaveLength(2), {
      timeout: 3000,
    })
    await vi.waitFor(() => expect(subject.source.runs).toBe(2), { timeout: 3000 })
    subject.source.describe()
    subject.source.packet(true)
    await vi.waitFor(() => expect(body).toContain('X-Sequence: 2\r'))
    stream.destroy()
  })

  it('frees the camera when it or its destination is closed', async () => {
    const stream = MjpegStream.open(subject.camera, { request: {} })
    const piped = MjpegStream.open(subject.camera, { request: {} })
    const gate = piped.pipe(new Gate())
    expect(subject.camera.viewers).toBe(2)
    stream.destroy()
    gate.destroy()
    await vi.waitFor(() => expect(subject.camera.viewers).toBe(0))
    expect(piped.destroyed).toBe(true)
  })

  it('is cut off, with its response, when nobody takes anything for 10 s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const stream = MjpegStream.open(subject.camera, { request: {} })
    await vi.advanceTimersByTimeAsync(9_900)
    expect(stream.destroyed).toBe(false)
    await vi.advanceTimersByTimeAsync(200)
    expect(stream.destroyed).toBe(true)
    expect(subject.camera.viewers).toBe(0)
  })

  it('ends after a whole picture when the camera is put on hold', async () => {
    let body = ''
    const stream = MjpegStream.open(subject.camera, { request: {}, mode: 'browser' }).on('data', (data) => {
      body += data.toString('latin1')
    })
    await vi.waitFor(() => expect(body).toContain('0'))
    await subject.camera.stop()
    await vi.waitFor(() => expect(stream.readableEnded).toBe(true))
    expect(body.endsWith('\r\n\r\n0\r\n--frame--\r\n')).toBe(true)
  })

  it('does not begin while the camera is on hold', async () => {
    await subject.camera.stop()
    expect(() => MjpegStream.open(subject.camera, { request: {} })).toThrow('Camera door is on hold')
    expect(subject.camera.viewers).toBe(0)
  })

  it('fails, where somebody listens, when there will be no picture at all', async () => {
    const stream = refusedStream()
    const error = await new Promise((resolve) => stream.once('error', resolve))
    expect(error).toMatchObject({ code: 'engine_unavailable', status: 503 })
  })
})

describe('a multipart stream in an HTTP response', () => {
  it('sets the headers, and chooses the form for browsers by what they accept', async () => {
    const url = await serve((response) => MjpegStream.open(subject.camera, { request: {} }).pipe(response))
    const { response, body } = await fetchSome(url, 'image/avif,image/webp,*/*')
    expect(response.headers).toMatchObject({
      'content-type': 'multipart/x-mixed-replace; boundary=frame',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-rendition': '640x360 q80',
      connection: 'close',
    })
    expect(response.headers['transfer-encoding']).toBeUndefined()
    expect(body()).not.toContain('Content-Length')
    response.destroy()
    await vi.waitFor(() => expect(subject.camera.viewers).toBe(0))
  })

  it('gives programs the length of each picture', async () => {
    const url = await serve((response) => MjpegStream.open(subject.camera, { request: {} }).pipe(response))
    const { response, body } = await fetchSome(url)
    expect(body()).toContain('Content-Length: 1\r\n')
    response.destroy()
  })

  it('leaves headers alone that are set', async () => {
    const url = await serve((response) => {
      const stream = MjpegStream.open(subject.camera, { request: {}, mode: 'raw' })
      response.writeHead(200, { ...stream.headers, 'Cache-Control': 'no-store' })
      stream.pipe(response)
    })
    const { response } = await fetchSome(url)
    expect(response.headers).toMatchObject({ 'content-type': 'application/octet-stream', 'cache-control': 'no-store' })
    response.destroy()
  })

  it('is as well served over HTTP/2', async () => {
    const http2 = createHttp2Server((_request, response) => MjpegStream.open(subject.camera, { request: {} }).pipe(response))
    await new Promise<void>((resolve) => http2.listen(0, '127.0.0.1', resolve))
    const session = connect(`http://127.0.0.1:${(http2.address() as AddressInfo).port}`)
    const answer = session.request({ ':path': '/' })
    let headers: object = {}
    let body = ''
    answer.on('response', (received) => {
      headers = received
    })
    answer.on('data', (data: Buffer) => {
      body += data.toString('latin1')
    })
    await vi.waitFor(() => expect(body).toContain('X-Sequence: 1\r'))
    expect(headers).toMatchObject({ ':status': 200, 'content-type': 'multipart/x-mixed-replace; boundary=frame' })
    session.destroy()
    await vi.waitFor(() => expect(subject.camera.viewers).toBe(0))
    http2.close()
  })

  it('answers HEAD with the headers only, and holds nothing', async () => {
    const url = await serve((response) => MjpegStream.open(subject.camera, { request: {} }).pipe(response))
    const response = await new Promise<IncomingMessage>((resolve) => request(url, { method: 'HEAD' }, resolve).end())
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'multipart/x-mixed-replace; boundary=frame'])
    await vi.waitFor(() => expect(subject.camera.viewers).toBe(0))
  })

  it('says why there is no picture instead of an empty stream', async () => {
    const url = await serve((response) => refusedStream().pipe(response))
    const response = await fetch(url)
    expect([response.status, response.headers.get('content-type')]).toEqual([503, 'application/json; charset=utf-8'])
    expect(await response.json()).toMatchObject({ error: { code: 'engine_unavailable' } })
    expect(response.headers.get('x-rendition')).toBeNull()
  })

  it.runIf(process.platform === 'linux')('hands the kernel no more than a slow viewer can see soon', async () => {
    subject.source.packetBytes = 120_000
    let handedOver = 0
    const url = await serve((response) => {
      const stream = MjpegStream.open(subject.camera, { request: {} })
      stream.pipe(response)
      stream.on('data', () => handedOver++)
    })
    const { response } = await fetchSome(url)
    response.pause()
    for (let packet = 0; packet < 100; packet++) {
      subject.source.packet()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(handedOver).toBeLessThan(20)
    response.destroy()
  })

  it('is answered within some seconds even where there is no picture yet', async () => {
    await subject.camera.stop()
    subject.camera.start()
    const url = await serve((response) => MjpegStream.open(subject.camera, { request: {} }).pipe(response))
    const response = await new Promise<IncomingMessage>((resolve) => get(url, resolve))
    expect(response.statusCode).toBe(200)
    response.destroy()
  })
})

/** A stream of a camera that no engine can decode. */
function refusedStream(): MjpegStream {
  subject.engines.openDecoder = () => Promise.reject(new AtalayaError('engine_unavailable'))
  return MjpegStream.open(subject.camera, { request: {} })
}

async function serve(answer: (response: ServerResponse) => void): Promise<string> {
  const started = createServer((_request, response) => answer(response))
  server = started
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/`
}

async function fetchSome(url: string, accept = '*/*'): Promise<{ response: IncomingMessage; body: () => string }> {
  let body = ''
  const response = await new Promise<IncomingMessage>((resolve) => get(url, { headers: { accept } }, resolve))
  response.on('data', (data: Buffer) => {
    body += data.toString('latin1')
  })
  response.on('error', () => response.destroy())
  await vi.waitFor(() => expect(body).not.toBe(''))
  return { response, body: () => body }
}
