import { writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { bearer, type Key, keys, type LockedServer, openLockedServer, users } from '../../test/fakes/locked-server.ts'
import { PASSWORD, testUser } from '../../test/fakes/users.ts'
import { addSetupLink } from '../auth/setup-link.ts'

let locked: LockedServer
let open: LockedServer['open']
let parts: LockedServer['parts']
let server: LockedServer['server']
let ask: LockedServer['ask']
let logIn: LockedServer['logIn']
let begin: LockedServer['begin']

beforeEach(async () => {
  locked = await openLockedServer()
  ;({ open, parts, server, ask, logIn, begin } = locked)
})

afterEach(() => locked[Symbol.asyncDispose]())

describe('a session', () => {
  it('is begun by a name and a password, and kept where no script reads it', async () => {
    expect(await logIn('vera')).toMatch(/^atalaya=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
    const secure = { 'x-forwarded-proto': 'https' }
    const answer = await server.inject({
      method: 'POST',
      url: '/api/login',
      headers: secure,
      remoteAddress: '10.0.0.1',
      payload: { user: 'vera', password: PASSWORD },
    })
    expect(answer.headers['set-cookie']).toMatch(/^__Host-atalaya=.*; Secure$/)
  })

  it('is a new one each time, and the former one ends', async () => {
    const first = await logIn('vera')
    const second = await logIn('vera', { cookie: first })
    expect(second).not.toBe(first)
    expect(await ask({ url: '/status', headers: { cookie: first } })).toBe('401 login_required')
    expect(await ask({ url: '/status', headers: { cookie: 'atalaya=chosen-by-somebody' } })).toBe('401 login_required')
    expect(await ask({ url: '/status', headers: { cookie: second } })).toBe(200)
  })

  it('changes something only for a page that is known', async () => {
    const cookie = await logIn('ana')
    const stop = (headers: Record<string, string>) =>
      ask({ method: 'POST', url: '/api/cameras/door/reconnect', headers: { cookie, ...headers } })
    expect(await stop({})).toBe('403 forbidden_origin')
    expect(await stop({ 'sec-fetch-site': 'same-site' })).toBe('403 forbidden_origin')
    expect(await stop({ origin: 'https://evil.example' })).toBe('403 forbidden_origin')
    expect(await stop({ 'sec-fetch-site': 'same-origin' })).toBe(200)
    expect(await stop({ origin: 'http://localhost:80' })).toBe(200)
    expect(await ask({ url: '/stop/door', headers: { cookie } })).toBe('403 forbidden_origin')
    expect(await ask({ url: '/stop/door', headers: { cookie, 'sec-fetch-site': 'none' } })).toBe('403 forbidden_origin')
    expect(await ask({ url: '/stop/door', headers: { cookie, referer: 'http://localhost/' } })).toBe(200)
  })

  it('ends with the user, the password, and a logout', async () => {
    const [vera, olga, ana] = [await logIn('vera'), await logIn('olga'), await logIn('ana')]
    await open.change((data) => {
      const { vera: _, ...rest } = data.users
      return { ...data, users: { ...rest, olga: { ...users.olga, password: testUser('viewer').password } } }
    })
    await server.inject({ method: 'POST', url: '/api/logout', headers: { cookie: ana } })
    for (const cookie of [vera, olga, ana]) expect(await ask({ url: '/status', headers: { cookie } })).toBe('401 login_required')
  })

  it('is slow to be guessed, for the one who guesses only', async () => {
    const guess = (remoteAddress: string, password = 'wrong') =>
      ask({ method: 'POST', url: '/api/login', remoteAddress, payload: { user: 'vera', password } })
    const answers = []
    for (let count = 0; count < 8; count++) answers.push(await guess('10.3.3.3'))
    expect(answers).toEqual([...Array(5).fill('401 bad_login'), ...Array(3).fill('429 too_many_logins')])
    expect(await guess('10.3.3.4', PASSWORD)).toBe(204)
  })
})

describe('other ways in', () => {
  const basic = (name: string, password = PASSWORD) => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`

  it('Basic, for old clients', async () => {
    expect(await ask({ url: '/status', headers: { authorization: basic('vera') } })).toBe(200)
    expect(await ask({ url: '/status', headers: { authorization: basic('vera', 'wrong') } })).toBe('401 bad_login')
    expect(await ask({ url: '/status', headers: { authorization: basic('nobody') } })).toBe('401 bad_login')
    expect(await ask({ url: '/stop/door', headers: { authorization: basic('ana') } })).toBe(200)
    const browser = { authorization: basic('ana'), 'user-agent': 'Mozilla/5.0' }
    expect(await ask({ url: '/stop/door', headers: browser })).toBe('403 forbidden_origin')
  })

  it('a network, by its own address and by what a trusted proxy says of it', async () => {
    const from = (remoteAddress: string, headers = {}) => ask({ url: '/status', remoteAddress, headers })
    expect(await from('192.168.50.9')).toBe(200)
    expect(await from('::ffff:192.168.50.9')).toBe(200)
    expect(await from('192.168.51.9')).toBe('401 login_required')
    expect(await from('10.0.0.1', { 'x-forwarded-for': '192.168.50.9' })).toBe(200)
    expect(await from('10.0.0.1', { 'x-forwarded-for': '192.168.50.9, 8.8.8.8' })).toBe('401 login_required')
    expect(await from('8.8.8.8', { 'x-forwarded-for': '192.168.50.9' })).toBe('401 login_required')
    // an unknown proxy inside the network passes on people from outside
    expect(await from('192.168.50.9', { 'x-forwarded-for': '8.8.8.8' })).toBe('401 login_required')
    expect(await ask({ url: '/stop/door', remoteAddress: '192.168.50.9' })).toBe('403 forbidden')
  })

  it('a proxy that knows the secret', async () => {
    const headers = {
      'x-forwarded-user': 'pia',
      'x-forwarded-groups': 'staff,others',
      'x-atalaya-proxy-secret': 'shared between two',
    }
    const from = (remoteAddress: string, change: Record<string, string> = {}, url = '/status') =>
      ask({ url, remoteAddress, headers: { ...headers, ...change } })
    expect(await from('10.0.0.1')).toBe(200)
    expect(await from('10.0.0.1', {}, '/api/viewers')).toBe(200)
    expect(await from('10.0.0.1', { 'x-forwarded-groups': 'others' }, '/api/viewers')).toBe('403 forbidden')
    expect(await from('10.0.0.1', { 'x-forwarded-user': 'vera' }, '/api/viewers')).toBe('403 forbidden')
    expect(await from('10.0.0.1', { 'x-atalaya-proxy-secret': 'guessed' })).toBe('401 bad_key')
    expect(await from('10.0.0.2')).toBe('401 login_required')
  })

  it('a signed address, made by those who may open it themselves and dead when they are', async () => {
    const sign = (path: string, key: Key) =>
      server.inject({ method: 'POST', url: '/api/sign', headers: bearer(key), payload: { path, for: '1m' } })
    const { path } = (await sign('/camera/door/snapshot?width=320', 'one')).json()
    expect(await ask({ url: path })).toBe(200)
    expect(await ask({ method: 'HEAD', url: path })).toBe(200)
    expect(await ask({ url: `${path}&width=640` })).toBe('403 bad_signature')
    expect(await ask({ url: path.replace('/snapshot', '') })).toBe('403 bad_signature')
    expect(await ask({ url: path.replace('/camera/door/snapshot', '/status') })).toBe('403 bad_signature')
    const stop = (await sign('/stop/door', 'one')).json().path
    expect(await ask({ url: stop, headers: { referer: 'https://evil.example/' } })).toBe(200)
    expect((await sign('/stop/door', 'viewer')).statusCode).toBe(403)
    expect((await sign('/camera/hall', 'one')).json().error.code).toBe('camera_not_found')
    await open.change((data) => ({
      ...data,
      keys: Object.fromEntries(Object.entries(data.keys).filter(([id]) => id !== keys.one.id)),
    }))
    expect(await ask({ url: path })).toBe('403 bad_signature')
  })
})

describe('the first administrator', () => {
  it('is made by a link that works once', async () => {
    let token = ''
    await open.change((data) => {
      const link = addSetupLink({ ...data, users: {} }, Date.now())
      token = link.token.reveal()
      return link.data
    })
    const use = (payload: object) => ask({ method: 'POST', url: '/api/setup', payload })
    expect(await use({ token: 'x'.repeat(43), user: 'eva', password: PASSWORD })).toBe('403 bad_setup_link')
    expect(await use({ token, user: 'eva', password: 'short' })).toBe('422 bad_password')
    expect(await use({ token, user: 'eva', password: PASSWORD })).toBe(204)
    expect(await use({ token, user: 'mal', password: PASSWORD })).toBe('403 bad_setup_link')
    const cookie = await logIn('eva')
    expect((await server.inject({ url: '/api/me', headers: { cookie } })).json()).toMatchObject({ name: 'eva', role: 'admin' })
  })
})

describe('what is open', () => {
  it.each([
    ['a stream', '/camera/door'],
    ['the events', '/api/events'],
  ])('ends soon after the right to it: %s', async (_what, path) => {
    await server.listen({ port: 0, host: '127.0.0.1' })
    const timer = setInterval(() => parts.viewers.recheck(), 100)
    const [taken, kept] = [await begin(path, bearer('viewer')), await begin(path, bearer('operator'))]
    let hasEnded = false
    taken.on('close', () => {
      hasEnded = true
    })
    taken.resume()
    kept.resume()
    await open.change((data) => ({
      ...data,
      keys: Object.fromEntries(Object.entries(data.keys).filter(([id]) => id !== keys.viewer.id)),
    }))
    await vi.waitFor(() => expect(hasEnded).toBe(true), { timeout: 5000 })
    expect(kept.destroyed).toBe(false)
    kept.destroy()
    clearInterval(timer)
  })

  it('goes on while the users cannot be read, and nobody else gets in', async () => {
    await server.listen({ port: 0, host: '127.0.0.1' })
    const stream = await begin('/camera/door', bearer('viewer'))
    stream.resume()
    await writeFile(open.file, 'nonsense')
    await open.access.store.refresh()
    parts.viewers.recheck()
    expect(await ask({ url: '/status', headers: bearer('admin') })).toBe('503 auth_unavailable')
    expect(await ask({ url: '/status', remoteAddress: '192.168.50.9' })).toBe('503 auth_unavailable')
    expect(await ask({ url: '/livez' })).toBe(200)
    expect(stream.destroyed).toBe(false)
    stream.destroy()
  })
})
