import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from './load-config.ts'
import { saveLocalCameras } from './save-local-cameras.ts'
import type { CameraObject } from './schema.ts'

let folder: string
let handMade: string
let local: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-local-'))
  handMade = join(folder, 'atalaya.yaml')
  local = join(folder, 'atalaya.local.yaml')
  await writeFile(handMade, 'defaults: { quality: 70 }\ncameras: { door: test:clock }\n')
})

afterEach(() => rm(folder, { recursive: true, force: true }))

const load = () => loadConfig(handMade, { HOME: 'canary' })
const save = (cameras: Record<string, CameraObject> | Map<string, CameraObject>) =>
  saveLocalCameras(local, cameras instanceof Map ? cameras : new Map(Object.entries(cameras)))

describe('the local file', () => {
  it('need not be there', async () => {
    const { config } = await load()
    expect(config.local).toEqual({ file: local, cameras: new Map() })
    expect([...config.cameras.keys()]).toEqual(['door'])
  })

  it('gives back what was saved, behind the cameras of the configuration and in its own order', async () => {
    const crop = { left: 10, width: 80 }
    const hall = { url: 'rtsp://10.0.0.7/1', user: 'u', password: '0123', name: 'a #b: "c" ñ', width: 640, default: true, crop }
    await save(new Map<string, CameraObject>([['hall', hall], ['2', { url: 'test:clock' }]])) // biome-ignore format: two lines
    const { config } = await load()
    expect([...config.cameras.keys()]).toEqual(['door', 'hall', '2'])
    expect(config.local.cameras.get('hall')?.reveal()).toEqual(hall)
    expect(config.cameras.get('hall')).toMatchObject({ name: 'a #b: "c" ñ', quality: 70, width: 640 })
  })

  it('is for its owner only, and leaves nothing beside it', async () => {
    await save({ a: { url: 'test:clock' } })
    await chmod(local, 0o644)
    await save({})
    expect((await stat(local)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['atalaya.local.yaml', 'atalaya.yaml'])
    expect(await readFile(local, 'utf8')).toMatch(/^# Written by Atalaya/)
    expect((await load()).config.local.cameras.size).toBe(0)
  })

  it.each([
    '0',
    '~',
    'null',
    'yes',
    '1e3',
    '&a',
    '*a',
    '!tag',
    '- x',
    '{a: b}',
    '[a]',
    "it's",
    'back\\slash "quoted"',
    '# comment',
    'a: b',
    ' spaces ',
    '',
    '%TAG',
    '---',
    '$${NAME',
    '\u00a0\u007e\ufeff',
    '😀',
  ])('keeps the password %j as it is', async (password) => {
    await save({ hall: { url: 'rtsp://10.0.0.7/1', user: 'u', password } })
    expect((await load()).config.local.cameras.get('hall')?.reveal().password).toBe(password)
  })

  it.each([
    ['cameras: { door: test:clock }', /atalaya\.local\.yaml:1:12: cameras\.door: this camera is in .*atalaya\.yaml too/],
    ['cameras: { a: test:nothing }', /atalaya\.local\.yaml:1:15: cameras\.a: the test pictures are/],
    ['server: { port: 1 }', /atalaya\.local\.yaml:1:1: server: this file holds cameras only/],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of the hand-made file
    ['cameras: { a: { url: test:clock, name: "${HOME}" } }', /1:40: cameras\.a\.name: a placeholder/],
    [
      'cameras: { a: { url: test:clock, default: true }, b: { url: test:clock, default: true } }',
      /another camera is the default/,
    ],
    ['cameras: [', /atalaya\.local\.yaml:/],
  ])('is refused where it is wrong: %s', async (text, message) => {
    await writeFile(local, text)
    const error = await load().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'bad_config', message: expect.stringMatching(message) })
    expect(String(error)).not.toContain('canary')
  })

  it('is as it was when there is no place for a new one', async () => {
    await save({ a: { url: 'test:clock' } })
    const former = await readFile(local, 'utf8')
    await expect(saveLocalCameras(join(folder, 'gone', 'atalaya.local.yaml'), new Map())).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining('ENOENT'),
    })
    await expect(saveLocalCameras('/dev/full/x', new Map())).rejects.toMatchObject({ code: 'storage_failed' })
    expect(await readFile(local, 'utf8')).toBe(former)
  })
})

describe('a local camera', () => {
  it('has its login beside its address, and shows its settings without any secret', async () => {
    await save({ hall: { rtsp: 'rtsp://u:canary@10.0.0.7/live?token=canary' } })
    const camera = (await load()).config.local.cameras.get('hall')
    expect(camera?.reveal()).toEqual({ rtsp: 'rtsp://10.0.0.7/live?token=canary', user: 'u', password: 'canary' })
    expect(camera?.shown()).toEqual({ rtsp: 'rtsp://10.0.0.7/live?token=***', user: 'u' })
    expect(camera?.hasPassword).toBe(true)
    expect(inspect(camera, { depth: 9, showHidden: true })).not.toContain('canary@')
    expect(JSON.stringify({ camera, ...camera })).not.toContain('"canary"')
  })
})
