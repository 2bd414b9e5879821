import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { bearer, keys, type LockedServer, openLockedServer } from '../../test/fakes/locked-server.ts'
import { testKey } from '../../test/fakes/users.ts'
import { EVERYBODY } from '../auth/authorize.ts'

let locked: LockedServer
let open: LockedServer['open']
let door: LockedServer['door']
let parts: LockedServer['parts']
let server: LockedServer['server']
let ask: LockedServer['ask']
let begin: LockedServer['begin']

beforeEach(async () => {
  locked = await openLockedServer()
  ;({ open, door, parts, server, ask, begin } = locked)
})

afterEach(() => locked[Symbol.asyncDispose]())

describe('who is nobody', () => {
  it('is asked to log in, and a browser is sent to the page', async () => {
    expect(await ask({ url: '/camera/door/snapshot' })).toBe('401 login_required')
    const page = await server.inject({ url: '/camera/door?width=9', headers: { accept: 'text/html' } })
    expect([page.statusCode, page.headers.location]).toEqual([303, '/login?to=%2Fcamera%2Fdoor%3Fwidth%3D9'])
    expect((await server.inject('/status')).headers['www-authenticate']).toBe(
      'Bearer realm="Atalaya", Basic realm="Atalaya", charset="UTF-8"',
    )
  })

  it('gets no window of the browser for Basic', async () => {
    const answer = await server.inject({ url: '/status', headers: { 'user-agent': 'Mozilla/5.0' } })
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="Atalaya"')
  })

  it.each(['//evil.example/x', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/\t/evil.example'])(
    'is not sent to %s afterwards',
    async (to) => {
      expect((await server.inject(`/login?to=${encodeURIComponent(to)}`)).body).toContain('data-to="/"')
    },
  )

  it('gets pages in their language, with a policy that allows no strange script', async () => {
    for (const [url, words] of [
      ['/login', 'Identifíquese'],
      ['/setup', 'primer administrador'],
    ] as const) {
      const page = await server.inject({ url, headers: { 'accept-language': 'es' } })
      expect(page.body).toContain(words)
      expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'.*script-src 'sha256-.*frame-ancestors 'self'/)
      expect(page.headers['content-security-policy']).not.toContain('unsafe')
    }
  })
})

describe('keys', () => {
  it.each([
    ['viewer', '/status', 200],
    ['viewer', '/stop/door', '403 forbidden'],
    ['operator', '/stop/door', 200],
    ['operator', '/api/viewers', 200],
    ['local', '/status', '401 bad_key'],
    ['old', '/status', '401 bad_key'],
  ] as const)('of the kind %s ask for %s and get %s', async (key, url, expected) => {
    expect(await ask({ url, headers: bearer(key) })).toBe(expected)
  })

  it('count from where they are for', async () => {
    expect(await ask({ url: '/status', headers: bearer('local'), remoteAddress: '10.9.9.7' })).toBe(200)
  })

  it('have no business in an address, nor do wrong ones have a second way in', async () => {
    expect(await ask({ url: `/status?token=${keys.admin.key}` })).toBe('400 key_in_address')
    const headers = { authorization: `Bearer ${keys.admin.key}x` }
    expect(await ask({ url: '/status', headers, remoteAddress: '192.168.50.9' })).toBe('401 bad_key')
  })

  it('in the address of an <img> open the pictures of one camera, in the pages they are for', async () => {
    const url = `/camera/door/snapshot?embed=${keys.page.key}`
    const headers = { referer: 'https://lab.example/arena.html' }
    expect(await ask({ url, headers })).toBe(200)
    expect(await ask({ url })).toBe('401 bad_key')
    expect(await ask({ url, headers: { referer: 'https://evil.example/' } })).toBe('401 bad_key')
    expect(await ask({ url: url.replace('door', 'hall'), headers })).toBe('404 camera_not_found')
    expect(await ask({ url: `/status?embed=${keys.page.key}`, headers })).toBe('403 forbidden')
  })
})

describe('a camera that somebody may not see', () => {
  it.each([
    ['GET', '/camera/ID'],
    ['GET', '/camera/ID/snapshot'],
    ['GET', '/stop/ID'],
    ['GET', '/api/cameras/ID'],
    ['POST', '/api/cameras/ID/stop'],
    ['POST', '/api/cameras/ID/ptz'],
    ['GET', '/api/cameras/ID/ptz/presets'],
    ['POST', '/api/cameras/ID/diagnose'],
  ] as const)('looks like none: %s %s', async (method, url) => {
    const answers = await Promise.all(
      ['hall', 'none', '%68all'].map((id) => server.inject({ method, url: url.replace('ID', id), headers: bearer('one') })),
    )
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1)
    expect(answers[0]?.statusCode).toBe(404)
    expect(answers[0]?.body).not.toMatch(/hall|door/)
  })

  it('is in no list, metric or address of mjpg-streamer', async () => {
    const viewer = {
      camera: 'hall',
      address: '',
      mode: 'raw',
      subject: EVERYBODY,
      describe: () => ({ rendition: null, sent: 0, skipped: 0, lastPictureAge: null }),
      close: () => undefined,
    }
    const leave = parts.viewers.add(viewer)
    parts.metrics.pictureSent('hall', 1)
    parts.metrics.pictureSent('door', 1)
    for (const url of [
      '/',
      '/status',
      '/api/cameras',
      '/api/viewers',
      '/metrics',
      '/?action=stream_1',
      '/?action=stream_9',
      '/api/viewers?camera=hall',
    ]) {
      expect((await server.inject({ url, headers: bearer('one') })).body, url).not.toMatch(/hall|Hall/)
    }
    const [first] = parts.viewers.list()
    expect(await ask({ method: 'DELETE', url: `/api/viewers/${first?.id}`, headers: bearer('one') })).toBe('404 viewer_not_found')
    expect((await server.inject({ url: '/metrics', headers: bearer('one') })).body).toContain('camera="door"')
    expect((await server.inject({ url: '/metrics', headers: bearer('viewer') })).body).toContain('camera="hall"')
    leave()
  })

  it('has no events, and /video is another one', async () => {
    await server.listen({ port: 0, host: '127.0.0.1' })
    const answer = await begin('/api/events', bearer('one'))
    let text = ''
    answer.on('data', (data) => {
      text += data
    })
    for (const camera of ['hall', 'door']) {
      parts.events.publish({ type: 'state', camera, state: 'stopped', reason: 'on-hold', condition: null })
    }
    await vi.waitFor(() => expect(text).toContain('"camera":"door","state":"stopped"'), { timeout: 5000 })
    expect(text).not.toMatch(/hall|Hall/)
    answer.destroy()
    const onlyHall = testKey({ cameras: ['hall'] })
    await open.change((data) => ({ ...data, keys: { ...data.keys, [onlyHall.id]: onlyHall.entry } }))
    const video = await server.inject({ method: 'HEAD', url: '/video', headers: { authorization: `Bearer ${onlyHall.key}` } })
    expect(video.statusCode).toBe(200)
  })

  it('shows its settings to administrators only', async () => {
    const add = { method: 'POST', url: '/api/cameras', payload: { id: 'yard', url: 'test:clock' } } as const
    expect(await ask({ ...add, headers: bearer('operator') })).toBe('403 forbidden')
    expect(await ask({ ...add, headers: bearer('admin') })).toBe(201)
    expect((await server.inject({ url: '/api/cameras/yard', headers: bearer('admin') })).json().settings).toMatchObject({
      url: 'test:clock',
    })
    expect((await server.inject({ url: '/api/cameras/yard', headers: bearer('viewer') })).json().settings).toBeNull()
    await server.inject({ method: 'DELETE', url: '/api/cameras/yard', headers: bearer('admin') })
  })
})

describe('a stop', () => {
  it('is lifted by an operator and by nobody less', async () => {
    await door.camera.stop()
    expect(await ask({ url: '/camera/door', headers: bearer('viewer') })).toBe('503 camera_stopped')
    expect(door.camera.isHeld).toBe(true)
    await server.listen({ port: 0, host: '127.0.0.1' })
    const answer = await begin('/camera/door', bearer('operator'))
    expect([answer.statusCode, door.camera.isHeld]).toEqual([200, false])
    answer.destroy()
  })
})
