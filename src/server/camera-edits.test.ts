import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ServerPartsOptions, serverParts } from '../../test/fakes/server-parts.ts'
import { EMPTY_CONFIG, TestCamera } from '../../test/fakes/test-camera.ts'
import { AtalayaError } from '../api/errors.ts'
import { loadConfig } from '../config/load-config.ts'
import { createHttpServer, type ServerParts } from './http-server.ts'

let folder: string
let file: string
let parts: ServerParts
let server: FastifyInstance
let created: TestCamera[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-api-'))
  file = join(folder, 'atalaya.local.yaml')
  await start()
})

afterEach(async () => {
  await stop()
  await rm(folder, { recursive: true, force: true })
})

async function start(options: ServerPartsOptions = {}): Promise<void> {
  created = []
  const config = { ...EMPTY_CONFIG, local: { file, cameras: new Map() } }
  parts = serverParts([new TestCamera({ id: 'fixed' })], { config, onCreate: (camera) => created.push(camera), ...options })
  server = await createHttpServer(parts)
}

async function stop(): Promise<void> {
  await parts.editor.close()
  await parts.cameras[Symbol.asyncDispose]()
  await server.close()
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
const send = (method: Method, url: string, payload?: unknown, headers: Record<string, string> = {}) =>
  server.inject({ method, url, headers, ...(payload !== undefined && { payload: payload as object }) })
const add = (body: unknown) => send('POST', '/api/cameras', body)
const change = (id: string, body: unknown, headers?: Record<string, string>) => send('PUT', `/api/cameras/${id}`, body, headers)
const ids = () => [...parts.cameras].map(({ id }) => id)
const DOOR = { id: 'door', url: 'rtsp://admin:canary@10.0.0.7/1', name: 'Door' }
const { id: _, ...DOOR_SETTINGS } = DOOR

describe('a camera that is added', () => {
  it('is there, runs, and is kept for the next start', async () => {
    const answer = await add({ ...DOOR, width: 640, crop: { left: 10 } })
    expect([answer.statusCode, answer.headers['location']]).toEqual([201, '/api/cameras/door'])
    expect(answer.headers['etag']).toMatch(/^"[^"]+"$/)
    expect(answer.json()).toMatchObject({
      id: 'door',
      state: 'connecting',
      source: 'local',
      persisted: true,
      hasPassword: true,
      settings: { url: 'rtsp://10.0.0.7/1', user: 'admin', name: 'Door', width: 640, crop: { left: 10 } },
    })
    expect(ids()).toEqual(['fixed', 'door'])
    expect(created[0]?.camera.isHeld).toBe(false)
    const handMade = join(folder, 'none.yaml')
    await expect(loadConfig(handMade, {})).rejects.toMatchObject({ code: 'bad_config' })
    expect(await readFile(file, 'utf8')).toContain('password: "canary"')
    expect(await readdir(folder)).toEqual(['atalaya.local.yaml'])
  })

  it('ends with the program where there is no configuration file, and says so', async () => {
    await stop()
    await start({ config: EMPTY_CONFIG })
    expect((await add(DOOR)).json()).toMatchObject({ source: 'local', persisted: false })
    expect((await send('GET', '/api/cameras/fixed')).json()).toMatchObject({ source: 'file', persisted: true, settings: null })
    expect(await readdir(folder)).toEqual([])
  })

  it('can be the default one, before that of the file, and only one can', async () => {
    await add({ id: 'a', url: 'test:clock', default: true })
    expect(parts.cameras.default.id).toBe('a')
    const second = await add({ id: 'b', url: 'test:clock', default: true })
    expect([second.statusCode, second.json().error.problems]).toEqual([
      422,
      [{ path: 'default', message: 'camera a is the default already: change that one first' }],
    ])
    await send('DELETE', '/api/cameras/a')
    expect(parts.cameras.default.id).toBe('fixed')
  })

  it('finds no place beyond limits.cameras', async () => {
    const statuses = []
    for (let n = 0; n < 6; n++) statuses.push((await add({ id: `n${n}`, url: 'test:clock' })).statusCode)
    expect(statuses).toEqual([201, 201, 201, 409, 409, 409])
    expect((await add({ id: 'n9', url: 'test:clock' })).json().error.code).toBe('too_many_cameras')
  })
})

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

describe('a body that cannot be used', () => {
  const json = { 'content-type': 'application/json' }

  it.each<[what: string, body: unknown, answer: string]>([
    ['no object', [], '400 bad_parameter'],
    ['null', 'null', '400 bad_parameter'],
    ['nothing', '', '400 bad_parameter'],
    ['no JSON', '{"id": canary', '400 bad_parameter'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), '400 bad_parameter'],
    ['__proto__', '{"id": "x", "url": "test:clock", "__proto__": {"name": "y"}}', '400 bad_parameter'],
    ['__proto__ inside', '{"id": "x", "url": "test:clock", "crop": {"__proto__": 1}}', '400 bad_parameter'],
    ['constructor', '{"id": "x", "url": "test:clock", "constructor": 1}', '400 bad_parameter'],
    ['a depth of 10,000', nested(10_000), '400 bad_parameter'],
    ['a depth of 21', nested(21), '400 bad_parameter'],
    ['64 KiB and more', `{"id": "x", "name": "${'n'.repeat(65_536)}"}`, '413 body_too_large'],
    ['11 MB', `{"id": "x", "name": "${'n'.repeat(11e6)}"}`, '413 body_too_large'],
    ['no id', { url: 'test:clock' }, '400 bad_parameter id'],
    ['an id that is a number', { id: 1, url: 'test:clock' }, '400 bad_parameter id'],
    ['an id with /', { id: 'a/b', url: 'test:clock' }, '400 bad_parameter id'],
    ['an id with a line break', { id: 'a\r\nb', url: 'test:clock' }, '400 bad_parameter id'],
    ['an id of 65 letters', { id: 'x'.repeat(65), url: 'test:clock' }, '400 bad_parameter id'],
    ['the id __proto__', { id: '__proto__', url: 'test:clock' }, '400 bad_parameter id'],
    ['an id that is there', { id: 'fixed', url: 'test:clock' }, '409 camera_exists'],
    ['no address', { id: 'x' }, '422 bad_camera'],
    ['an unknown field', { id: 'x', url: 'test:clock', nmae: 'y' }, '422 bad_camera nmae'],
    ['a name that is a number', { id: 'x', url: 'test:clock', name: 5 }, '422 bad_camera name'],
    ['an address that is an object', { id: 'x', url: {} }, '422 bad_camera url'],
    ['a width that is text', { id: 'x', url: 'test:clock', width: '640' }, '422 bad_camera width'],
    ['a width that is no number', '{"id": "x", "url": "test:clock", "width": 1e999}', '422 bad_camera width'],
    ['a flag that is text', { id: 'x', url: 'test:clock', default: 'true' }, '422 bad_camera default'],
    ['a name of 10,000 characters', { id: 'x', url: 'test:clock', name: 'n'.repeat(10_000) }, '422 bad_camera name'],
    ['a name that turns text around', { id: 'x', url: 'test:clock', name: 'a\u202eb' }, '422 bad_camera name'],
    ['a name with a line break', { id: 'x', url: 'test:clock', name: 'a\n[ERROR] fake' }, '422 bad_camera name'],
    ['half a character', '{"id": "x", "url": "test:clock", "name": "\\ud800"}', '422 bad_camera name'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of the hand-made file
    ['an environment variable', { id: 'x', url: 'rtsp://${HOME}/1' }, '422 bad_camera url'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of the hand-made file
    ['a file', { id: 'x', url: 'rtsp://h/1', user: 'u', password: '${file:/etc/passwd}' }, '422 bad_camera password'],
    ['a file as an address', { id: 'x', url: 'file:///etc/passwd' }, '422 bad_camera url'],
    ['a command as an address', { id: 'x', url: 'exec:id' }, '422 bad_camera url'],
    ['an address with a line break', { id: 'x', url: 'rtsp://h/\r\nX: y' }, '422 bad_camera url'],
    ['a host that looks like an option', { id: 'x', url: 'rtsp://-f/1' }, '422 bad_camera url'],
  ])('is refused: %s', async (_what, body, expected) => {
    const [status, code, path = ''] = expected.split(' ')
    const answer = await send('POST', '/api/cameras', body, json)
    const { error } = answer.json()
    expect([answer.statusCode, error.code]).toEqual([Number(status), code])
    if (code?.startsWith('bad_')) expect(error.problems).toEqual([{ path, message: expect.stringMatching(/.{5}/) }])
    expect(answer.body).not.toContain('canary')
    expect(answer.body.length).toBeLessThan(1500)
    expect(ids()).toEqual(['fixed'])
    expect(await readdir(folder)).toEqual([])
    expect(({} as { name?: string }).name).toBeUndefined()
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx'])(
    'is refused as %s',
    async (type) => {
      for (const [method, url] of [
        ['POST', '/api/cameras'],
        ['PUT', '/api/cameras/door'],
        ['POST', '/api/cameras/fixed/stop'],
      ] as const) {
        const answer = await send(method, url, JSON.stringify(DOOR), { 'content-type': type })
        expect([answer.statusCode, answer.json().error.code]).toEqual([415, 'unsupported_media_type'])
      }
      expect(ids()).toEqual(['fixed'])
    },
  )

  it('is refused when it is compressed', async () => {
    const answer = await send('POST', '/api/cameras', JSON.stringify(DOOR), { ...json, 'content-encoding': 'gzip' })
    expect(answer.statusCode).toBe(415)
  })

  it('is told everything that is wrong with it', async () => {
    const answer = await add({ id: 'x', url: 'test:clock', nmae: 'y', width: 3, crop: { left: -1 }, colour: 'red' })
    expect(answer.json().error.problems).toEqual([
      { path: 'width', message: 'must be a whole number from 16 to 8192' },
      { path: 'crop.left', message: 'must be a whole number from 0 to 100' },
      { path: 'nmae', message: 'unknown key: did you mean name?' },
      { path: 'colour', message: expect.stringMatching(/^unknown key: here it can be url, rtsp/) },
    ])
  })
})

describe('a camera that is changed', () => {
  const etagOf = async (id: string) => String((await send('GET', `/api/cameras/${id}`)).headers['etag'])

  it('ends, with its viewers, and another takes its place', async () => {
    await add(DOOR)
    const [former] = created
    const before = await etagOf('door')
    const ended: string[] = []
    const taker = { picture: () => undefined, offline: () => undefined, ended: ({ code }: AtalayaError) => ended.push(code) }
    former?.camera.watch({}, taker)
    const answer = await change('door', { url: 'rtsp://10.0.0.7/2' })
    expect([answer.statusCode, answer.headers['location']]).toEqual([200, undefined])
    expect(answer.json()).toMatchObject({
      name: 'door',
      hasPassword: true,
      settings: { url: 'rtsp://10.0.0.7/2', user: 'admin' },
    })
    expect(ended).toEqual(['camera_stopped'])
    expect(former?.source.running).toBe(0)
    expect(created).toHaveLength(2)
    expect(parts.cameras.get('door')).toBe(created[1]?.camera)
    expect(answer.headers['etag']).not.toBe(before)
    former?.camera.start()
    expect(former?.camera.state).toBe('stopped')
  })

  it('stays as it is where nothing is changed', async () => {
    await add(DOOR)
    const before = await etagOf('door')
    const { settings } = (await send('GET', '/api/cameras/door')).json()
    expect((await change('door', settings)).headers['etag']).toBe(before)
    expect((await change('door', DOOR_SETTINGS)).headers['etag']).toBe(before)
    expect(created).toHaveLength(1)
  })

  it('is added where there is none, and never changed where only that was meant', async () => {
    expect((await change('door', DOOR_SETTINGS, { 'if-none-match': '*' })).statusCode).toBe(201)
    expect((await change('door', { url: 'test:clock' }, { 'if-none-match': '*' })).statusCode).toBe(412)
    expect((await change('door', { ...DOOR, id: 'other' })).json().error.problems[0].path).toBe('id')
    expect((await change('a%2Fb', DOOR_SETTINGS)).json().error.problems[0].path).toBe('id')
  })

  it('is not changed by who has not seen its present configuration', async () => {
    await add(DOOR)
    const first = await etagOf('door')
    expect((await change('door', { ...DOOR_SETTINGS, name: 'A' }, { 'if-match': first })).statusCode).toBe(200)
    for (const stale of [first, `W/${await etagOf('door')}`, '"x", "y"']) {
      const answer = await change('door', { ...DOOR_SETTINGS, name: 'B' }, { 'if-match': stale })
      expect([answer.statusCode, answer.json().error.code]).toEqual([412, 'precondition_failed'])
      expect((await send('DELETE', '/api/cameras/door', undefined, { 'if-match': stale })).statusCode).toBe(412)
    }
    expect((await change('gone', DOOR_SETTINGS, { 'if-match': '*' })).statusCode).toBe(412)
    expect(
      (await change('door', { ...DOOR_SETTINGS, name: 'B' }, { 'if-match': `"x", ${await etagOf('door')}` })).statusCode,
    ).toBe(200)
    expect(parts.cameras.get('door').config.name).toBe('B')
  })

  it('keeps its password unless it gets another or none, and sends it to no other host', async () => {
    const passwordOf = (id: string) => {
      const { source } = parts.cameras.get(id).config
      return source.kind === 'rtsp' ? source.url.credentials?.password.reveal() : undefined
    }
    await add({ id: 'door', url: 'rtsp://10.0.0.7/live?token=canary', user: 'u', password: 'first' })
    await change('door', { url: 'rtsp://10.0.0.7/live?token=***', name: 'New' })
    expect(passwordOf('door')).toBe('first')
    expect(await readFile(file, 'utf8')).toContain('token=canary')
    for (const url of ['rtsp://10.0.0.8/1', 'rtsp://10.0.0.7:555/1']) {
      const answer = await change('door', { url })
      expect([answer.statusCode, answer.json().error.problems[0].path]).toEqual([422, 'password'])
    }
    await change('door', { url: 'rtsp://10.0.0.8/1', user: 'u', password: 'second' })
    expect(passwordOf('door')).toBe('second')
    await change('door', { url: 'rtsp://u:third@10.0.0.9/1' })
    expect(passwordOf('door')).toBe('third')
    await change('door', { url: 'rtsp://10.0.0.9/1', password: null })
    expect(passwordOf('door')).toBeUndefined()
    expect((await send('GET', '/api/cameras/door')).json().hasPassword).toBe(false)
    await change('door', { url: 'rtsp://u:fourth@10.0.0.9/1', sub: 'rtsp://10.0.0.9/2' })
    await change('door', { url: 'rtsp://v@10.0.0.9/3' })
    expect([passwordOf('door'), await shownOf('door')]).toEqual(['fourth', { url: 'rtsp://10.0.0.9/3', user: 'v' }])
    const elsewhere = await change('door', { url: 'rtsp://10.0.0.9/3', sub: 'rtsp://10.0.0.8/2' })
    expect(elsewhere.json().error.problems[0].path).toBe('password')
  })

  it('shows the address that is used, and gives what is hidden in it to no other host', async () => {
    await add({ id: 'door', ip: '10.0.0.7', url: 'rtsp:///live?token=canary' })
    const shown = await shownOf('door')
    expect(shown).toEqual({ ip: '10.0.0.7', url: 'rtsp://10.0.0.7/live?token=***' })
    expect((await change('door', { ...shown, ip: '10.0.0.8' })).json().error.problems[0].path).toBe('password')
    expect((await change('door', { ...shown, name: 'New' })).statusCode).toBe(200)
    expect(String(await readFile(file, 'utf8'))).toContain('rtsp:///live?token=canary')
  })

  const shownOf = async (id: string) => (await send('GET', `/api/cameras/${id}`)).json().settings
})

describe('a camera of the configuration file', () => {
  it('is neither changed nor removed', async () => {
    for (const answer of [await change('fixed', DOOR_SETTINGS), await send('DELETE', '/api/cameras/fixed')]) {
      expect([answer.statusCode, answer.json().error.code]).toEqual([409, 'camera_is_in_file'])
      expect(answer.json().error.message).toContain('edit it there')
    }
    expect((await send('GET', '/api/cameras/fixed')).json()).toMatchObject({ source: 'file', hasPassword: true })
  })
})

describe('a camera that is removed', () => {
  it('is gone for everybody, with its viewers', async () => {
    await add(DOOR)
    const ended: string[] = []
    const taker = { picture: () => undefined, offline: () => undefined, ended: ({ code }: AtalayaError) => ended.push(code) }
    parts.cameras.get('door').watch({}, taker)
    const answer = await send('DELETE', '/api/cameras/door')
    expect([answer.statusCode, answer.body]).toEqual([204, ''])
    expect(ended).toEqual(['camera_not_found'])
    expect(created[0]?.source.running).toBe(0)
    for (const [method, url] of [
      ['GET', '/api/cameras/door'],
      ['GET', '/camera/door'],
      ['DELETE', '/api/cameras/door'],
    ] as const) {
      expect((await send(method, url)).json().error.code).toBe('camera_not_found')
    }
    expect(await readFile(file, 'utf8')).toContain('cameras: {}')
  })
})

describe('a change that cannot be kept', () => {
  it.each(['storage_full', 'storage_failed'] as const)('changes nothing: %s', async (code) => {
    await add(DOOR)
    const former = await readFile(file, 'utf8')
    await stop()
    let isBroken = false
    await start({ save: async () => void (isBroken && (await Promise.reject(new AtalayaError(code)))) })
    await add(DOOR)
    const etag = (await send('GET', '/api/cameras/door')).headers['etag']
    isBroken = true
    for (const answer of [
      await add({ id: 'other', url: 'test:clock' }),
      await change('door', { url: 'test:clock' }),
      await send('DELETE', '/api/cameras/door'),
    ]) {
      expect([answer.statusCode, answer.json().error.code]).toEqual([code === 'storage_full' ? 507 : 500, code])
    }
    expect(ids()).toEqual(['fixed', 'door'])
    expect(created).toHaveLength(1)
    expect((await send('GET', '/api/cameras/door')).headers['etag']).toBe(etag)
    isBroken = false
    expect((await send('DELETE', '/api/cameras/door')).statusCode).toBe(204)
    expect(await readFile(file, 'utf8')).toBe(former)
  })
})

describe('many changes at one time', () => {
  it('are made one after the other', async () => {
    const { editor } = parts
    const always = { holds: () => true }
    const changes = await Promise.allSettled([
      editor.create('door', DOOR_SETTINGS),
      editor.create('door', DOOR_SETTINGS),
      editor.replace('door', { url: 'test:clock' }, always),
      editor.remove('door', always),
    ])
    expect(changes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(ids()).toEqual(['fixed'])
    expect(created.map(({ source }) => source.running)).toEqual([0, 0])
  })

  it('are refused when too many wait, and when the gateway ends', async () => {
    const answers = await Promise.all(Array.from({ length: 150 }, () => add({ id: 'door', url: 'test:clock' })))
    const count = (status: number) => answers.filter(({ statusCode }) => statusCode === status).length
    expect([count(201), count(409), count(503)]).toEqual([1, 99, 50])
    await parts.editor.close()
    expect((await add(DOOR)).json().error.code).toBe('shutting_down')
  })
})

describe('who may change cameras', () => {
  it('is not a page of another site', async () => {
    const headers = { host: 'localhost:5000', origin: 'http://evil.example' }
    for (const [method, url] of [
      ['POST', '/api/cameras'],
      ['PUT', '/api/cameras/door'],
      ['DELETE', '/api/cameras/fixed'],
      ['DELETE', '/api/viewers/x'],
    ] as const) {
      const answer = await send(method, url, method === 'DELETE' ? undefined : DOOR, headers)
      expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'forbidden_origin'])
    }
  })
})
