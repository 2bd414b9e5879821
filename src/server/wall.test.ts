import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { serverParts } from '../../test/fakes/server-parts.ts'
import { EMPTY_CONFIG, TestCamera } from '../../test/fakes/test-camera.ts'
import { AtalayaError } from '../api/errors.ts'
import { decodeWallHeader, encodeWallAck, WALL_HEADER_BYTES, type WallAnswer, type WallRequest } from '../api/wall.ts'
import { createHttpServer } from './http-server.ts'

let door: TestCamera
let hall: TestCamera
let parts: ReturnType<typeof serverParts>
let server: FastifyInstance
let port: number
let pages: Page[]

beforeEach(async () => {
  pages = []
  door = new TestCamera({ id: 'door', name: '<img src=x onerror=alert(1)>' })
  hall = new TestCamera({ id: 'hall', name: 'Hall', default: false })
  await serve({ ...EMPTY_CONFIG, basePath: '/cams', trustedProxies: ['127.0.0.1'] })
  await door.goLive()
})

afterEach(async () => {
  await Promise.all([door.camera.stop(), hall.camera.stop()])
  for (const page of pages) page.socket.terminate()
  await server.close()
})

async function serve(config: typeof EMPTY_CONFIG): Promise<void> {
  parts = serverParts([door, hall], { config })
  server = await createHttpServer(parts)
  await server.listen({ port: 0, host: '127.0.0.1' })
  port = (server.server.address() as AddressInfo).port
}

/** What a page does, without a browser. */
class Page {
  readonly socket: WebSocket
  readonly answers: WallAnswer[] = []
  readonly pictures: { tile: number; number: number; skipped: number; jpeg: string }[] = []
  isAcknowledging = true

  constructor(path = '/api/wall', headers: Record<string, string> = {}) {
    pages.push(this)
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
    this.socket.on('error', () => this.socket.terminate())
    this.socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) {
        this.answers.push(JSON.parse(data.toString()))
        return
      }
      const header = decodeWallHeader(new Uint8Array(data).buffer)
      if (!header) throw new Error('no picture')
      const { tile, number, skipped } = header
      this.pictures.push({ tile, number, skipped, jpeg: data.subarray(WALL_HEADER_BYTES).toString() })
      if (this.isAcknowledging) this.socket.send(encodeWallAck({ ...header, heldMs: 0 }))
    })
  }

  async opened(): Promise<this> {
    await once(this.socket, 'open')
    return this
  }

  ask(request: WallRequest): void {
    this.socket.send(JSON.stringify(request))
  }

  watch(tile: number, camera: string, more: object = {}): void {
    this.ask({ type: 'watch', tile, camera, visible: true, ...more })
  }

  all<T extends WallAnswer['type']>(type: T): Extract<WallAnswer, { type: T }>[] {
    return this.answers.filter((answer): answer is Extract<WallAnswer, { type: T }> => answer.type === type)
  }
}

describe('the wall', () => {
  it('says hello, and gives the state and the pictures of several cameras over one connection', async () => {
    await hall.goLive()
    const page = await new Page().opened()
    page.watch(1, 'door')
    page.watch(2, 'hall')
    await vi.waitFor(() => expect(new Set(page.pictures.map(({ tile }) => tile))).toEqual(new Set([1, 2])))
    expect(page.answers[0]).toMatchObject({ type: 'hello', version: '0.0.0' })
    expect(page.all('camera').map(({ status }) => [status.id, status.name, status.state])).toEqual([
      ['door', '<img src=x onerror=alert(1)>', 'live'],
      ['hall', 'Hall', 'live'],
    ])
    expect(page.pictures[0]).toMatchObject({ tile: 1, number: 1, skipped: 0, jpeg: '0' })
    expect([door.camera.viewers, hall.camera.viewers]).toEqual([1, 1])
    expect(parts.viewers.list('door')).toMatchObject([{ mode: 'wall', sent: 1, rendition: '640x360 q80' }])
  })

  it('has two pictures on their way at most, and then gives the newest', async () => {
    const page = await new Page().opened()
    page.isAcknowledging = false
    page.watch(1, 'door')
    await vi.waitFor(() => expect(page.pictures).toHaveLength(1))
    for (let packet = 0; packet < 50; packet++) door.source.packet()
    await vi.waitFor(() => expect(page.pictures).toHaveLength(2))
    page.socket.send(encodeWallAck({ tile: 1, number: 1, heldMs: 0 }))
    await vi.waitFor(() => expect(page.pictures).toHaveLength(3))
    expect(page.pictures.map(({ number, jpeg }) => [number, jpeg])).toEqual([
      [1, '0'],
      [2, '1'],
      [3, '50'],
    ])
    expect(page.pictures[2]?.skipped).toBe(48)
  })

  it('sends nothing of what is not seen, and begins again at once', async () => {
    const page = await new Page().opened()
    page.watch(1, 'door')
    await vi.waitFor(() => expect(page.pictures).toHaveLength(1))
    page.watch(1, 'door', { visible: false })
    await vi.waitFor(() => expect(door.camera.viewers).toBe(0))
    door.source.packet()
    page.watch(1, 'door')
    await vi.waitFor(() => expect(page.pictures.at(-1)?.jpeg).toBe('1'))
  })

  it('tells why there are no pictures, lifts no stop, and goes on when somebody else does', async () => {
    await door.camera.stop()
    const page = await new Page().opened()
    page.watch(1, 'door')
    await vi.waitFor(() => expect(page.all('error')).toMatchObject([{ tile: 1, code: 'camera_stopped' }]))
    expect(page.all('camera').at(-1)?.status).toMatchObject({ state: 'stopped', reason: 'on-hold' })
    expect(door.camera.isHeld).toBe(true)
    await door.goLive()
    parts.events.publish({ type: 'state', camera: 'door', state: 'connecting', reason: null, condition: null })
    await vi.waitFor(() => expect(page.pictures).toHaveLength(1))
    expect(page.all('camera').at(-1)?.status.state).toBe('live')
  })

  it('tells that a camera is lost, and shows it again without being asked', async () => {
    const page = await new Page().opened()
    page.watch(1, 'door')
    await vi.waitFor(() => expect(page.pictures).toHaveLength(1))
    door.source.fail(new AtalayaError('refused', 'Nothing listens there.'))
    await vi.waitFor(() => expect(door.camera.state).toBe('offline'))
    parts.events.publish({ type: 'state', camera: 'door', state: 'offline', reason: 'refused', condition: null })
    await vi.waitFor(() => expect(page.all('camera').at(-1)?.status).toMatchObject({ state: 'offline', reason: 'refused' }))
    await vi.waitFor(() => expect(door.source.runs).toBe(2), { timeout: 5000 })
    door.source.describe()
    door.source.packet(true)
    await vi.waitFor(() => expect(page.pictures).toHaveLength(2))
    expect(page.all('error')).toEqual([])
  })

  it('says which camera is unknown, and takes it up once it is there', async () => {
    const page = await new Page().opened()
    page.watch(7, 'yard')
    await vi.waitFor(() => expect(page.all('error')).toMatchObject([{ tile: 7, code: 'camera_not_found' }]))
    const yard = new TestCamera({ id: 'yard' })
    parts.cameras.add(yard.camera)
    await yard.goLive()
    parts.events.publish({ type: 'config', camera: 'yard', change: 'added' })
    await vi.waitFor(() => expect(page.pictures).toMatchObject([{ tile: 7 }]))
    await yard.camera.stop()
  })

  it('keeps to the number of viewers that is allowed', async () => {
    await server.close()
    await serve({ ...EMPTY_CONFIG, limits: { ...EMPTY_CONFIG.limits, viewers: 2 } })
    const page = await new Page().opened()
    for (const tile of [1, 2, 3]) page.watch(tile, 'door')
    await vi.waitFor(() => expect(page.all('error')).toMatchObject([{ tile: 3, code: 'too_many_viewers' }]))
    await new Page().opened()
    expect(await refusal()).toMatchObject({ status: 503, code: 'too_many_viewers' })
  })

  it('ends one viewer where that is asked for, and leaves it alone', async () => {
    const page = await new Page().opened()
    page.watch(1, 'door')
    await vi.waitFor(() => expect(parts.viewers.list()).toHaveLength(1))
    parts.viewers.close(parts.viewers.list()[0]?.id ?? '')
    await vi.waitFor(() => expect(page.all('error')).toMatchObject([{ tile: 1, code: 'viewer_closed' }]))
    parts.events.publish({ type: 'state', camera: 'door', state: 'live', reason: null, condition: null })
    await vi.waitFor(() => expect(page.all('camera').length).toBeGreaterThan(2))
    expect(door.camera.viewers).toBe(0)
  })

  it('tells once a second what each visible tile has had', async () => {
    const page = await new Page().opened()
    page.watch(1, 'door', { width: 320 })
    await vi.waitFor(() => expect(page.all('stats').length).toBeGreaterThan(0), { timeout: 4000 })
    expect(page.all('stats')[0]?.tiles).toMatchObject([
      { tile: 1, rendition: '320x180 q80', skipped: 0, camera: { width: 640, height: 360, viewers: 1 } },
    ])
  })

  it.each([
    ['no JSON', 'nonsense', 'must be JSON'],
    ['a tile without a number', '{"type":"watch","camera":"1","visible":true}', 'tile'],
    ['a size out of bounds', '{"type":"watch","tile":1,"camera":"1","visible":true,"width":1}', 'width'],
    ['an unknown type', '{"type":"stop"}', 'type'],
  ])('answers %s with an error, and goes on', async (_what, text, words) => {
    const page = await new Page().opened()
    page.socket.send(text)
    await vi.waitFor(() => expect(page.all('error')).toMatchObject([{ code: 'bad_parameter' }]))
    expect(page.all('error')[0]?.message).toContain(words)
    page.ask({ type: 'ping', at: 42 })
    await vi.waitFor(() => expect(page.all('pong')).toMatchObject([{ at: 42 }]))
  })

  it('survives garbage, and closes on a message that is too long', async () => {
    const page = await new Page().opened()
    for (const bytes of [0, 1, 7, 8, 9, 4096]) page.socket.send(Buffer.alloc(bytes, 0xff))
    page.watch(1, 'door')
    await vi.waitFor(() => expect(page.pictures).toHaveLength(1))
    page.socket.send(Buffer.alloc(4097))
    const [code] = await once(page.socket, 'close')
    expect(code).toBe(1009)
    await vi.waitFor(() => expect(door.camera.viewers).toBe(0))
  })
})

describe('a page that goes', () => {
  it('is no viewer any more, at once when it closes', async () => {
    const page = await new Page().opened()
    page.watch(1, 'door')
    await vi.waitFor(() => expect(door.camera.viewers).toBe(1))
    page.socket.close()
    await vi.waitFor(() => expect(door.camera.viewers).toBe(0))
    expect(parts.viewers.list()).toEqual([])
  })

  it('is no viewer within 2 s when it vanishes without a word, and is one again when it is back', async () => {
    const page = await new Page().opened()
    page.watch(1, 'door')
    await vi.waitFor(() => expect(page.pictures).toHaveLength(1))
    page.socket.pause()
    const began = performance.now()
    await vi.waitFor(() => expect(door.camera.viewers).toBe(0), { timeout: 4000 })
    expect(performance.now() - began).toBeLessThan(2500)
    page.socket.resume()
    await vi.waitFor(() => expect(door.camera.viewers).toBe(1), { timeout: 4000 })
  })

  it('is told when the gateway ends', async () => {
    const page = await new Page().opened()
    page.watch(1, 'door')
    await vi.waitFor(() => expect(page.pictures).toHaveLength(1))
    const closed = once(page.socket, 'close')
    await server.close()
    const [code, reason] = await closed
    expect([code, String(reason)]).toEqual([1001, 'shutting_down'])
    expect(door.camera.viewers).toBe(0)
  })
})

describe('the address of the wall', () => {
  it('is open to pages of this host, of trusted origins, below the base path, and to programs', async () => {
    for (const headers of [{}, { origin: 'http://127.0.0.1:8000' }, { origin: 'https://lab.example' }])
      await new Page('/api/wall', headers).opened()
    const page = await new Page('/cams/api/wall', { 'x-forwarded-for': '10.1.2.3' }).opened()
    page.watch(1, 'door')
    await vi.waitFor(() => expect(parts.viewers.list()).toMatchObject([{ address: '10.1.2.3' }]))
  })

  it('is closed to other pages', async () => {
    for (const origin of ['http://evil.example', 'null']) {
      expect(await refusal({ origin })).toMatchObject({ status: 403, code: 'forbidden_origin' })
    }
  })

  it('tells those who ask without a WebSocket what it is', async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/wall`)
    expect([answer.status, answer.headers.get('upgrade')]).toEqual([426, 'websocket'])
    expect(await answer.json()).toMatchObject({ error: { code: 'upgrade_required' } })
  })

  it('is announced to pages of any origin by the answer that the gateway lives', async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/livez`)
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  })

  it('is the only one: a WebSocket elsewhere is answered by what is there', async () => {
    expect(await refusal({}, '/nowhere')).toMatchObject({ status: 404, code: 'not_found' })
  })

  it('leaves those alone who ask for another protocol, as clients of Java do', async () => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (data) => {
      answer += data.toString()
    })
    const body = '{"action":"stop"}'
    socket.write(
      `POST /api/cameras/door/ptz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    )
    socket.write(body)
    await vi.waitFor(() => expect(answer).toContain('no_ptz'))
    socket.write('GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n')
    await vi.waitFor(() => expect(answer).toContain('{"status":"ok"}'))
    socket.destroy()
  })
})

async function refusal(headers: Record<string, string> = {}, path = '/api/wall'): Promise<{ status: number; code: string }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  const [, response] = await once(socket, 'unexpected-response')
  let body = ''
  for await (const piece of response) body += String(piece)
  return { status: response.statusCode, code: JSON.parse(body).error.code }
}
