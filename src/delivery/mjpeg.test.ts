import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TestCamera } from '../../test/fakes/test-camera.ts'
import { AtalayaError } from '../api/errors.ts'
import type { MultipartMode } from '../media/multipart.ts'
import { streamMjpeg } from './mjpeg.ts'

const metrics = { pictureSent: vi.fn(), pictureSkipped: vi.fn(), viewerLeft: vi.fn() }
let subject: TestCamera
let server: Server
let failures: unknown[]

async function serve(mode: MultipartMode, isAdaptive = false): Promise<number> {
  server = createServer((_request, response) => {
    const request = isAdaptive ? { isAdaptive } : {}
    streamMjpeg(subject.camera, response, { request, isAdaptive, mode, metrics, onAnswer: () => undefined }).catch((error) => {
      failures.push(error)
      response.writeHead(503).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A viewer that keeps what it receives. */
class Viewer {
  received = ''
  isClosed = false
  readonly socket: Socket

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1', () => this.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'))
    this.socket.on('data', (data) => {
      this.received += data.toString('latin1')
    })
    this.socket.on('close', () => {
      this.isClosed = true
    })
    this.socket.on('error', () => this.socket.destroy())
  }

  get body(): string {
    return this.received.slice(this.received.indexOf('\r\n\r\n') + 4)
  }
}

beforeEach(async () => {
  vi.clearAllMocks()
  failures = []
  subject = new TestCamera()
  await subject.goLive()
})

afterEach(async () => {
  await subject.camera.stop()
  server.closeAllConnections()
  server.close()
})

describe('a stream', () => {
  it('names the rendition to a newcomer too, who gets the newest picture at once', async () => {
    const port = await serve('length')
    const first = new Viewer(port)
    await vi.waitFor(() => expect(first.body).toContain('X-Sequence'))
    const second = new Viewer(port)
    await vi.waitFor(() => expect(second.body).toContain('X-Sequence'))
    for (const { received } of [first, second]) expect(received).toMatch(/^X-Rendition: \d+x\d+ q80\r$/m)
  })
})

describe('a stream to a browser', () => {
  it("sends the next part's header block together with each picture, so that the picture is shown at once", async () => {
    const viewer = new Viewer(await serve('browser'))
    await vi.waitFor(() => expect(viewer.body).toContain('0'))
    const opening = '--frame\r\nContent-Type: image/jpeg\r\n\r\n'
    expect(viewer.body).toBe(`${opening}0\r\n${opening}`)
    expect(viewer.received).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(viewer.received).toContain('Content-Type: multipart/x-mixed-replace; boundary=frame\r\n')
    expect(viewer.received).toContain('Cache-Control: no-store, no-transform\r\n')
    expect(viewer.received).toContain('X-Accel-Buffering: no\r\n')
    expect(viewer.received).toContain('Cross-Origin-Resource-Policy: cross-origin\r\n')
    expect(viewer.received).toContain('X-Rendition: 640x360 q80\r\n')
    expect(viewer.received).not.toMatch(/Transfer-Encoding|\r\nContent-Length/i)
    subject.source.packet()
    await vi.waitFor(() => expect(viewer.body).toBe(`${opening}0\r\n${opening}1\r\n${opening}`))
  })

  it('ends on a whole picture, not on an empty part, when the camera is put on hold', async () => {
    const viewer = new Viewer(await serve('browser'))
    await vi.waitFor(() => expect(viewer.body).toContain('0'))
    await subject.camera.stop()
    await vi.waitFor(() => expect(viewer.isClosed).toBe(true))
    expect(viewer.body.endsWith('\r\n\r\n0\r\n--frame--\r\n')).toBe(true)
    expect(metrics.viewerLeft.mock.calls).toEqual([['door', 'ended']])
  })
})

describe('a stream to a program', () => {
  it('tells the length, the capture time and the number of each picture, and closes the part with a boundary', async () => {
    const viewer = new Viewer(await serve('length'))
    await vi.waitFor(() => expect(viewer.body).toContain('\r\n\r\n0'))
    expect(viewer.body).toMatch(
      /^--frame\r\nContent-Type: image\/jpeg\r\nContent-Length: 1\r\nX-Timestamp: \d{10}\.\d{6}\r\nX-Sequence: 1\r\nX-Rendition: 640x360 q80\r\n\r\n0\r\n--frame\r\n$/,
    )
    const captured = Number(/X-Timestamp: (\S+)/.exec(viewer.body)?.[1])
    expect(Math.abs(captured - Date.now() / 1000)).toBeLessThan(5)
  })

  it('goes as plain bytes in raw mode', async () => {
    const viewer = new Viewer(await serve('raw'))
    await vi.waitFor(() => expect(viewer.body).toContain('Content-Length: 1'))
    expect(viewer.received).toContain('Content-Type: application/octet-stream\r\n')
  })
})

describe('a viewer', () => {
  it('gets the last picture again after a second without a new one', async () => {
    const viewer = new Viewer(await serve('length'))
    await vi.waitFor(() => expect(viewer.body.match(/X-Sequence: 1\r/g)).toHaveLength(2), { timeout: 3000 })
  })

  it('stays through an outage of the camera', async () => {
    const viewer = new Viewer(await serve('length'))
    await vi.waitFor(() => expect(viewer.body).toContain('X-Sequence: 1\r'))
    subject.source.fail(new AtalayaError('closed'))
    await vi.waitFor(() =>
      expect(viewer.body).toMatch(/X-Sequence: 1\r\nX-Offline: true\r\n\r\nDoor \| No signal since .* on 0\r\n/),
    )
    await vi.waitFor(() => expect(subject.source.runs).toBe(2), { timeout: 3000 })
    subject.source.describe()
    subject.source.packet(true)
    await vi.waitFor(() => expect(viewer.body).toMatch(/X-Sequence: 2\r\nX-Rendition/))
    expect(viewer.isClosed).toBe(false)
  })

  it('shows the notice to one who comes during the outage, too', async () => {
    const port = await serve('length')
    subject.source.fail(new AtalayaError('refused'))
    await vi.waitFor(() => expect(subject.camera.state).toBe('offline'))
    const viewer = new Viewer(port)
    await vi.waitFor(() => expect(viewer.body).toMatch(/X-Offline: true\r\n\r\nDoor \| No signal since .* on nothing\r\n/))
  })

  it.each([
    ['last-picture', 'repeats the last picture'],
    ['close', 'ends after a whole picture'],
  ] as const)('with offline: %s %s', async (offline, _what) => {
    await subject.camera.stop()
    subject = new TestCamera({ offline })
    await subject.goLive()
    const viewer = new Viewer(await serve('length'))
    await vi.waitFor(() => expect(viewer.body).toContain('X-Sequence: 1\r'))
    subject.source.fail(new AtalayaError('refused'))
    if (offline === 'close') await vi.waitFor(() => expect(viewer.isClosed).toBe(true))
    else await vi.waitFor(() => expect(viewer.body.match(/X-Sequence: 1\r/g)).toHaveLength(2), { timeout: 3000 })
    expect(viewer.body).not.toContain('X-Offline')
    if (offline === 'close') expect(viewer.body).toMatch(/\r\n--\r\n$/)
  })

  it('is answered within some seconds even where there is no picture yet', async () => {
    await subject.camera.stop()
    subject.camera.start()
    const viewer = new Viewer(await serve('browser'))
    await vi.waitFor(() => expect(viewer.received).toContain('200 OK'), { timeout: 5000 })
    expect(viewer.body).toBe('')
  })

  it('is told when the camera is on hold', async () => {
    await subject.camera.stop()
    const viewer = new Viewer(await serve('browser'))
    await vi.waitFor(() => expect(viewer.received).toContain('503'))
    expect(failures).toMatchObject([{ code: 'camera_stopped' }])
  })

  it('is noticed when it leaves', async () => {
    const viewer = new Viewer(await serve('browser'))
    await vi.waitFor(() => expect(subject.camera.status().viewers).toBe(1))
    viewer.socket.destroy()
    await vi.waitFor(() => expect(subject.camera.status().viewers).toBe(0))
    expect(metrics.viewerLeft.mock.calls).toEqual([['door', 'client']])
  })

  it('that is slow skips to the newest picture; nothing is queued', async () => {
    subject.source.packetBytes = 3_000_000
    const viewer = new Viewer(await serve('length'))
    await vi.waitFor(() => expect(viewer.received).toContain('200 OK'))
    viewer.socket.pause()
    const sent = () => metrics.pictureSent.mock.calls.length
    await vi.waitFor(() => {
      subject.source.packet()
      expect(metrics.pictureSkipped.mock.calls.length).toBeGreaterThan(10)
    })
    const before = sent()
    viewer.socket.resume()
    await vi.waitFor(() => expect(sent()).toBe(before + 2)) // the one under way and the newest; none of the skipped
  })

  it('that takes nothing for 10 s is closed, and nobody else', { timeout: 30_000 }, async () => {
    subject.source.packetBytes = 3_000_000
    const port = await serve('length')
    const stuck = new Viewer(port)
    const healthy = new Viewer(port)
    stuck.socket.pause()
    const packets = setInterval(() => subject.source.packet(), 200)
    await vi.waitFor(() => expect(metrics.viewerLeft.mock.calls).toEqual([['door', 'slow']]), { timeout: 20_000 })
    clearInterval(packets)
    expect(healthy.isClosed).toBe(false)
    expect(subject.camera.status().viewers).toBe(1)
  })
})

describe('a viewer whose pictures are fitted to its line', () => {
  it('is asked no less of than the best while its line takes all', async () => {
    const viewer = new Viewer(await serve('length', true))
    const packets = setInterval(() => subject.source.packet(), 20)
    await vi.waitFor(() => expect(viewer.body).toContain('X-Sequence: 30\r'), { timeout: 5000 })
    clearInterval(packets)
    expect(viewer.body).toContain('X-Sequence: 29\r')
    expect(subject.camera.status().renditions).toEqual(['640x360 q80'])
  })

  it('gets fewer and lesser pictures on a slow line, which bear the name of their rendition, and better ones when it recovers', {
    timeout: 30_000,
  }, async () => {
    subject.source.packetBytes = 400_000
    const socket = connect(await serve('length', true), '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    let body = ''
    const take = (bytes?: number) => {
      body +=
        socket
          .read(bytes)
          ?.toString('latin1')
          .replaceAll(/\d{9,}/g, '') ?? ''
    }
    const slowly = setInterval(() => take(Math.min(8000, socket.readableLength)), 40)
    const packets = setInterval(() => subject.source.packet(), 40)
    const rendition = () => subject.camera.status().renditions[0]
    await vi.waitFor(() => expect(rendition()).toBe('320x180@1 q30'), { timeout: 10_000 })
    clearInterval(slowly)
    subject.source.packetBytes = 10_000
    socket.on('readable', () => take())
    await vi.waitFor(() => expect(rendition()).toMatch(/@5 q/), { timeout: 15_000 })
    clearInterval(packets)
    expect(body).toMatch(/^X-Rendition: 320x180@1 q30\r$/m)
    socket.destroy()
  })
})
