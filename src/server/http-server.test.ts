import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { serverParts } from '../../test/fakes/server-parts.ts'
import { TestCamera } from '../../test/fakes/test-camera.ts'
import { AtalayaError } from '../api/errors.ts'
import { createHttpServer } from './http-server.ts'

let door: TestCamera
let hall: TestCamera
let server: FastifyInstance
let isShuttingDown: boolean

beforeEach(async () => {
  isShuttingDown = false
  door = new TestCamera({ id: 'door', name: 'Puerta <ñ> & "co"' })
  hall = new TestCamera({ id: 'hall', name: 'Hall', default: false })
  server = await createHttpServer(serverParts([door, hall], { isShuttingDown: () => isShuttingDown }))
  await door.goLive()
})

afterEach(async () => {
  await Promise.all([door.camera.stop(), hall.camera.stop()])
  await server.close()
})

const get = (url: string, headers: Record<string, string> = {}) => server.inject({ url, headers })

describe('pictures', () => {
  it('are given one at a time, with their time, age and tag', async () => {
    const answer = await get('/camera/door/snapshot')
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toBe('0')
    expect(answer.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'private, no-cache',
      age: '0',
      'cross-origin-resource-policy': 'cross-origin',
      'x-timestamp': expect.stringMatching(/^\d{10}\.\d{6}$/),
    })
    const again = await get('/snapshot', { 'if-none-match': String(answer.headers['etag']) })
    expect(again.statusCode).toBe(304)
    expect(again.body).toBe('')
    door.source.packet()
    const newer = await get('/snapshot', { 'if-none-match': String(answer.headers['etag']) })
    expect([newer.statusCode, newer.body]).toEqual([200, '1'])
    expect(newer.headers['etag']).not.toBe(answer.headers['etag'])
  })

  it('are announced by HEAD without starting or watching anything', async () => {
    const stream = await server.inject({ method: 'HEAD', url: '/camera/hall' })
    expect(stream.statusCode).toBe(200)
    expect(stream.headers['content-type']).toBe('multipart/x-mixed-replace; boundary=frame')
    expect(hall.camera.isHeld).toBe(true)
    const snapshot = await server.inject({ method: 'HEAD', url: '/camera/door/snapshot' })
    expect([snapshot.statusCode, snapshot.headers['content-type'], snapshot.body]).toEqual([200, 'image/jpeg', ''])
  })

  it('of a camera known to be offline are refused at once, with the reason and when to come back', async () => {
    hall.camera.start()
    while (!hall.source.isConnected) await new Promise(setImmediate)
    hall.source.fail(new AtalayaError('refused', 'Nothing listens at 10.0.0.9:554.'))
    while (hall.camera.state !== 'offline') await new Promise(setImmediate)
    const began = performance.now()
    const answer = await get('/camera/hall/snapshot')
    expect(performance.now() - began).toBeLessThan(500)
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('5')
    expect(answer.json()).toEqual({
      error: { code: 'camera_offline', message: 'Camera hall is offline (refused): Nothing listens at 10.0.0.9:554.' },
    })
  })

  it('are missed as the former service missed them, at its own address', async () => {
    await door.camera.stop()
    const answer = await get('/snapshot')
    expect(answer.statusCode).toBe(404)
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
  })

  it('are waited for no longer than asked', async () => {
    hall.camera.start()
    const answer = await get('/camera/hall/snapshot?wait=0.1')
    expect([answer.statusCode, answer.json().error.code]).toEqual([503, 'no_picture'])
  })
})

describe("addresses of mjpg-streamer's", () => {
  it('give pictures, and an error for an input that is not there', async () => {
    expect((await get('/?action=snapshot')).headers['content-type']).toBe('image/jpeg')
    expect((await get('/?action=snapshot_0&width=320')).body).toBe('0')
    expect((await server.inject({ method: 'HEAD', url: '/?action=stream' })).headers['content-type']).toContain('multipart')
    expect((await get('/?action=stream_9')).json().error.code).toBe('camera_not_found')
  })
})

describe('wrong requests', () => {
  it.each([
    ['/camera/nope', 404, 'camera_not_found'],
    ['/camera/nope/snapshot', 404, 'camera_not_found'],
    ['/stop/nope', 404, 'camera_not_found'],
    ['/api/cameras/nope', 404, 'camera_not_found'],
    ['/nowhere', 404, 'not_found'],
    ['/camera/door?width=0', 400, 'bad_parameter'],
    ['/camera/door?width=abc', 400, 'bad_parameter'],
    ['/camera/door?width=', 400, 'bad_parameter'],
    ['/camera/door?width=1&width=2', 400, 'bad_parameter'],
    ['/camera/door?fps=-1', 400, 'bad_parameter'],
    ['/camera/door?quality=101', 400, 'bad_parameter'],
    ['/camera/door?mode=fast', 400, 'bad_parameter'],
    ['/camera/door/snapshot?maxAge=-1', 400, 'bad_parameter'],
    ['/camera/door/snapshot?wait=1e9', 400, 'bad_parameter'],
    ['/camera/%00', 404, 'camera_not_found'],
    ['/camera/%ff', 400, 'bad_parameter'],
  ])('%s is answered with %i and its reason', async (url, status, code) => {
    const answer = await get(url)
    expect([answer.statusCode, answer.json().error.code]).toEqual([status, code])
    expect(Object.keys(answer.json())).toEqual(['error'])
    expect(answer.json().error.message.length).toBeGreaterThan(10)
  })

  it('with an endless id are answered like any other', async () => {
    expect((await get(`/camera/${'x'.repeat(5000)}`)).statusCode).toBe(404)
  })

  it('are told which parameter is wrong and what it must be', async () => {
    expect((await get('/camera/door?width=abc')).json().error.message).toBe(
      'The parameter width=abc is not valid: it must be a whole number from 16 to 8192.',
    )
  })

  it.each([
    ['POST', '/camera/door', 'GET, HEAD'],
    ['DELETE', '/status', 'GET, HEAD'],
    ['GET', '/api/cameras/door/stop', 'POST'],
    ['HEAD', '/stop/door', 'GET'],
  ] as const)('%s %s is no method of that address', async (method, url, allow) => {
    const answer = await server.inject({ method, url })
    expect([answer.statusCode, answer.headers['allow']]).toEqual([405, allow])
    if (method !== 'HEAD') expect(answer.json().error.code).toBe('method_not_allowed')
    expect(door.camera.isHeld).toBe(false)
  })
})

describe('what changes something', () => {
  it('works for programs and for pages of this host, on any port', async () => {
    for (const headers of [{}, { origin: 'http://localhost:8000' }, { referer: 'http://localhost:8000/page' }]) {
      const answer = await server.inject({
        method: 'POST',
        url: '/api/cameras/door/reconnect',
        headers: { host: 'localhost:5000', ...headers },
      })
      expect(answer.statusCode).toBe(200)
    }
  })

  it.each([
    ['a page of another host', { host: '10.0.0.2:5000', origin: 'http://evil.example' }],
    ['a page without an origin', { host: '10.0.0.2:5000', origin: 'null' }],
    ['a link or image of another host', { host: '10.0.0.2:5000', referer: 'http://evil.example/x' }],
    ['a request that a browser calls cross-site', { host: 'localhost:5000', 'sec-fetch-site': 'cross-site' }],
  ])('is refused to %s', async (_who, headers) => {
    for (const [method, url] of [
      ['POST', '/api/cameras/door/stop'],
      ['GET', '/stop/door'],
    ] as const) {
      const answer = await server.inject({ method, url, headers })
      expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'forbidden_origin'])
    }
    expect(door.camera.state).toBe('live')
  })

  it.each(['evil.example', '@', 'localhost@evil.example', '127.0.0.1.evil.example', 'evil.example:5000'])(
    'is refused, as everything is, under the name %s that somebody points at us',
    async (host) => {
      for (const url of ['/', '/camera/door/snapshot', '/stop/door', '/status', '/nowhere']) {
        const answer = await get(url, { host })
        expect([answer.statusCode, answer.json().error.code]).toEqual([421, 'unknown_host'])
      }
      expect(door.camera.state).toBe('live')
    },
  )

  it.each(['192.168.1.9:5000', '[::1]:5000', 'localhost', 'lab-server:5000', 'tower.local', 'cams.lab'])(
    'is open under the name %s',
    async (host) => {
      expect((await get('/stop/door', { host })).statusCode).toBe(200)
    },
  )

  it('is open to configured names and origins', async () => {
    const headers = { host: 'cams.lab', origin: 'https://lab.example' }
    const answer = await server.inject({ method: 'POST', url: '/api/cameras/door/reconnect', headers })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['access-control-allow-origin']).toBe('https://lab.example')
  })

  it('is announced to browsers that ask beforehand, for a page of a trusted origin only', async () => {
    const ask = (origin: string) =>
      server.inject({
        method: 'OPTIONS',
        url: '/api/cameras/door',
        headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type' },
      })
    const allowed = await ask('https://lab.example')
    expect([allowed.statusCode, allowed.headers['access-control-allow-origin']]).toEqual([204, 'https://lab.example'])
    expect(allowed.headers['access-control-allow-methods']).toContain('PUT')
    expect(allowed.headers['access-control-allow-headers']).toContain('Content-Type')
    const refused = await ask('https://evil.example')
    expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([405, undefined])
  })

  it("stops a camera by GET as the lab's pages do, and the API starts it again", async () => {
    const stopped = await get('/stop/door')
    expect(stopped.json()).toMatchObject({ id: 'door', state: 'stopped' })
    expect(door.source.running).toBe(0)
    expect((await get('/camera/door/snapshot')).json().error.code).toBe('camera_stopped')
    const started = await server.inject({ method: 'POST', url: '/api/cameras/door/start' })
    expect(started.json().state).toBe('connecting')
  })
})

describe('what is told', () => {
  it('is the dashboard for browsers, which loads nothing but what it names', async () => {
    const page = await get('/', { accept: 'text/html,*/*' })
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    expect(page.headers['content-security-policy']).not.toContain('unsafe')
    const assets = [...page.body.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path = '']) => path)
    const types = await Promise.all(assets.map(async (path) => (await get(`/${path}`)).headers['content-type']))
    expect(types.toSorted()).toEqual(['image/svg+xml', 'text/css; charset=utf-8', 'text/javascript; charset=utf-8'])
    expect((await get('/assets/..%2findex.html')).statusCode).toBe(404)
    expect((await get('/assets/index.js.map')).statusCode).toBe(404)
  })

  it('is JSON for programs', async () => {
    expect((await get('/')).json()).toMatchObject({ version: '0.0.0', cameras: ['door', 'hall'], mensaje: expect.any(String) })
  })

  it('is the state of every camera by id, and in the order of the configuration', async () => {
    const status = (await get('/status')).json()
    expect(status.door).toMatchObject({ active: true, state: 'live', ip: '10.0.0.9', width: 640, viewers: 0 })
    expect(status.hall).toMatchObject({ active: false, state: 'stopped', reason: 'on-hold' })
    expect((await get('/api/cameras')).json().cameras.map(({ id }: { id: string }) => id)).toEqual(['door', 'hall'])
  })

  it('is health and metrics', async () => {
    expect((await get('/livez')).json()).toEqual({ status: 'ok' })
    expect((await get('/readyz')).json()).toMatchObject({ status: 'ok', config: { state: 'in-force', problems: [] } })
    const metrics = (await get('/metrics')).body
    expect(metrics).toContain('atalaya_camera_up{camera="door"} 1')
    expect(metrics).toContain('atalaya_camera_up{camera="hall"} 0')
  })

  it('is an OpenAPI document of the routes', async () => {
    const document = (await get('/api/openapi.json')).json()
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/camera/{id}', '/status', '/api/cameras/{id}/stop', '/livez']),
    )
    expect(document.paths['/camera/{id}'].get.parameters.map(({ name }: { name: string }) => name)).toContain('quality')
    expect(document.paths['/camera/{id}'].patch).toBeUndefined()
  })

  it('holds no password anywhere', async () => {
    for (const url of [
      '/',
      '/status',
      '/api/cameras',
      '/metrics',
      '/api/openapi.json',
      '/camera/nope',
      '/camera/hall/snapshot?wait=0',
    ]) {
      expect((await get(url)).body).not.toContain('canary')
    }
  })

  it('is that the gateway shuts down, once it does', async () => {
    isShuttingDown = true
    expect((await get('/readyz')).statusCode).toBe(503)
    expect((await get('/livez')).statusCode).toBe(200)
    expect((await get('/camera/door/snapshot')).json().error.code).toBe('shutting_down')
  })
})
