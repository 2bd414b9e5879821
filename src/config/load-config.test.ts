import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CameraConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import { demoConfig } from './demo-config.ts'
import { configFromObject, loadConfig, parseConfigText } from './load-config.ts'

const CANARY = 'canary7pass'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-config-'))
})
afterAll(() => rm(folder, { recursive: true }))

function load(text: string, environment: Record<string, string> = {}) {
  return parseConfigText(text, { file: 'atalaya.yaml', environment })
}

function linesOf(attempt: () => unknown): string[] {
  try {
    attempt()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message.split('\n')
  }
  return []
}

function passwordOf(config: CameraConfig): string | undefined {
  return config.source.kind === 'rtsp' ? config.source.url.credentials?.password.reveal() : undefined
}
describe('a configuration file', () => {
  it('has the shape the lab already has', () => {
    const text = `cameras:
  "1":
    ip: 192.168.50.211
    user: admin
    password: \${CAM1_PASSWORD}                    # env, \${NAME:-default}, or a file
    rtsp: rtsp://192.168.50.211:554/cam/realmonitor?channel=1&subtype=1
  door: rtsp://user:pass@10.0.0.9/stream1         # a bare URL is enough
  demo: test:clock                                # generated pictures
`
    const { config, warnings } = load(text, { CAM1_PASSWORD: CANARY })
    expect(warnings).toEqual([])
    expect([...config.cameras.keys()]).toEqual(['1', 'door', 'demo'])
    const lab = config.cameras.get('1')
    expect(lab).toMatchObject({ id: '1', name: '1', ip: '192.168.50.211', connect: 'always', default: true, quality: 80 })
    expect(String(lab?.source.kind === 'rtsp' && lab.source.url)).toBe(
      'rtsp://192.168.50.211:554/cam/realmonitor?channel=1&subtype=1',
    )
    expect(lab && passwordOf(lab)).toBe(CANARY)
    expect(config.cameras.get('demo')?.source).toEqual({ kind: 'test', pattern: 'clock', width: 640, height: 360, fps: 15 })
    expect(inspect(config, { depth: 9 })).not.toContain(CANARY)
  })

  it('fills in what it leaves out', () => {
    const { config } = load('cameras: { a: test:clock }')
    expect(config).toMatchObject({
      server: { host: '127.0.0.1', port: 5000, names: [] },
      auth: undefined,
      cors: { origins: [] },
      limits: { viewers: 1000, viewersPerCamera: 500 },
      basePath: '',
      trustedProxies: [],
      language: undefined,
    })
    expect(config.cameras.get('a')).toMatchObject({
      connect: 'always',
      quality: 80,
      width: undefined,
      fps: undefined,
      maxViewers: 500,
    })
  })

  it('says everything that can be said', () => {
    const { config } = load(`
server: { host: 0.0.0.0, port: 8007, names: [cams.lab.example] }
auth: none
cors: { origins: ['https://lab.example'] }
limits: { viewers: 50, viewersPerCamera: 20 }
basePath: /cameras/
trustedProxies: [127.0.0.1, 'fd00::/8']
language: es
defaults: { connect: on-demand, width: 640, height: 480, fps: 10, quality: 70 }
cameras:
  a: { url: rtsp://10.0.0.1/, name: Entrance, connect: always, width: 320, height: 240, fps: 5, quality: 60 }
  b: { url: rtsp://10.0.0.2/, default: true }
`)
    expect(config).toMatchObject({
      server: { host: '0.0.0.0', port: 8007, names: ['cams.lab.example'] },
      auth: 'none',
      cors: { origins: ['https://lab.example'] },
      limits: { viewers: 50, viewersPerCamera: 20 },
      basePath: '/cameras',
      trustedProxies: ['127.0.0.1', 'fd00::/8'],
      language: 'es',
    })
    const common = { maxViewers: 20 }
    expect(config.cameras.get('a')).toMatchObject({
      ...common,
      ...{ name: 'Entrance', connect: 'always', default: false, width: 320, height: 240, fps: 5, quality: 60 },
    })
    expect(config.cameras.get('b')).toMatchObject({
      ...common,
      ...{ name: 'b', connect: 'on-demand', default: true, width: 640, height: 480, fps: 10, quality: 70 },
    })
  })

  it.each([
    ['YAML', 'cameras:\n  door: test:clock\n  "10": test:clock\n  "2": test:smpte\n'],
    ['JSON', '{\n\t"cameras": {"door": "test:clock", "10": "test:clock", "2": "test:smpte"}\n}\n'],
  ])('keeps the order of its cameras, numbers or not, in %s', (_, text) => {
    const { config } = load(text)
    expect([...config.cameras.keys()]).toEqual(['door', '10', '2'])
    expect([...config.cameras.values()].map((one) => one.default)).toEqual([true, false, false])
  })

  it('may come from Windows: byte order mark, CRLF, secrets with CRLF', async () => {
    await writeFile(join(folder, 'secret'), `${CANARY}\r\n`)
    await writeFile(
      join(folder, 'windows.yaml'),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is for the configuration
      '\ufeffcameras:\r\n  a:\r\n    url: rtsp://10.0.0.1/\r\n    user: u\r\n    password: ${file:secret}\r\n',
    )
    const { config } = await loadConfig(join(folder, 'windows.yaml'), {})
    const [first] = config.cameras.values()
    expect(first && passwordOf(first)).toBe(CANARY)
  })

  it.each([
    ['no file', undefined, 'the file does not exist'],
    ['a file that is too large', Buffer.alloc(1_048_577, 0x20), 'the file is larger than 1 MiB: this is no configuration'],
    ['Latin-1', Buffer.from('cameras: { a: { name: Jardín } }', 'latin1'), 'the file is no UTF-8 text: save it as UTF-8'],
    ['UTF-16', Buffer.from('\ufeffcameras: {}', 'utf16le'), 'the file is no UTF-8 text: save it as UTF-8'],
  ])('is refused in one line: %s', async (name, bytes, sentence) => {
    const file = join(folder, `${name.replaceAll(' ', '-')}.yaml`)
    if (bytes) await writeFile(file, bytes)
    await expect(loadConfig(file, {})).rejects.toThrow(`${file}: ${sentence}`)
  })

  it('is refused when it is a folder', async () => {
    await expect(loadConfig(folder, {})).rejects.toThrow(`${folder}: the file is a folder, not a file`)
  })
})

describe('a configuration from a program', () => {
  it('is checked like a file, and placeholders mean nothing in it', () => {
    const { config } = configFromObject({
      cameras: { '1': 'rtsp://10.0.0.1/', a: { url: 'rtsp://h/', user: 'u', password: '$' + '{X}' } },
    })
    const last = config.cameras.get('a')
    expect(last && passwordOf(last)).toBe('$' + '{X}')
    expect(config.cameras.get('1')?.default).toBe(true)
  })

  it('names keys where a file has lines', () => {
    const bad = { server: { port: -1 }, cameras: { a: 'gopher://h/', ['__proto__']: 'test:clock' } }
    expect(linesOf(() => configFromObject(bad))).toEqual([
      'server.port: must be a whole number from 0 to 65535',
      expect.stringContaining('cameras.a: addresses of this kind are not taken'),
      expect.stringContaining('a camera id has 1 to 64 letters'),
    ])
  })

  it('may be the demo', () => {
    expect([...demoConfig().cameras.values()].map(({ id, name, source }) => [id, name, source.kind])).toEqual([
      ['1', 'Clock', 'test'],
      ['2', 'Colour bars', 'test'],
    ])
  })
})
