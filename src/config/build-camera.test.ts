import { describe, expect, it } from 'vitest'
import type { CameraConfig } from './config.ts'
import { parseConfigText } from './load-config.ts'

const CANARY = 'canary7pass'

function load(text: string, environment: Record<string, string> = {}) {
  return parseConfigText(text, { file: 'atalaya.yaml', environment })
}

function camera(text: string, environment: Record<string, string> = {}): CameraConfig {
  const [first] = load(`cameras:\n  door: ${text}\n`, environment).config.cameras.values()
  if (!first) throw new Error('no camera')
  return first
}

function passwordOf(config: CameraConfig): string | undefined {
  return config.source.kind === 'rtsp' ? config.source.url.credentials?.password.reveal() : undefined
}

describe('credentials', () => {
  it('beside the address win over those inside it, with a warning', () => {
    const { config, warnings } = load(
      `cameras:\n  a:\n    url: rtsp://old:${CANARY}@10.0.0.1/\n    user: new\n    password: other\n`,
    )
    const [first] = config.cameras.values()
    expect(first?.source.kind === 'rtsp' && first.source.url.credentials?.user).toBe('new')
    expect(first && passwordOf(first)).toBe('other')
    expect(warnings).toEqual([
      'atalaya.yaml:4:5: cameras.a.user: wins over the other user in the address: take that one out',
      'atalaya.yaml:5:5: cameras.a.password: wins over the other password in the address: take that one out',
    ])
  })

  it('complete each other', () => {
    const one = camera('{ url: rtsp://admin@10.0.0.1/, password: secret }')
    expect(one.source.kind === 'rtsp' && one.source.url.credentials?.user).toBe('admin')
    expect(passwordOf(one)).toBe('secret')
  })

  it('are worth no warning when they are the same', () => {
    expect(load('cameras: { a: { url: "rtsp://u:p@10.0.0.1/", user: u, password: p } }').warnings).toEqual([])
  })
})

describe('ip', () => {
  it.each([
    ['{ ip: 10.0.0.5, rtsp: "rtsp:///stream1" }', 'rtsp://10.0.0.5/stream1'],
    ['{ ip: 10.0.0.5, rtsp: "rtsp://:8554/stream1" }', 'rtsp://10.0.0.5:8554/stream1'],
    ['{ ip: "fe80::5", rtsp: "rtsp:///stream1" }', 'rtsp://[fe80::5]/stream1'],
  ])('gives an address its host: %s', (text, url) => {
    const { source } = camera(text)
    expect(source.kind === 'rtsp' && String(source.url)).toBe(url)
  })

  it('is shown, and a warning says when it is not the host', () => {
    const { config, warnings } = load('cameras: { a: { ip: 10.0.0.5, rtsp: "rtsp://10.0.0.6/1" }, b: rtsp://10.0.0.7/ }')
    expect([...config.cameras.values()].map((one) => one.ip)).toEqual(['10.0.0.5', '10.0.0.7'])
    expect(warnings).toEqual([
      'atalaya.yaml:1:17: cameras.a.ip: differs from the host of the address: the address is what is used, ip is only shown',
    ])
  })
})

describe('test pictures', () => {
  it.each([
    ['{ url: test:smpte, width: 1280, fps: 25 }', { width: 1280, height: 720, fps: 25 }],
    ['{ url: test:smpte, height: 721 }', { width: 1282, height: 722, fps: 15 }],
    ['{ url: test:smpte, width: 320, height: 240 }', { width: 320, height: 240, fps: 15 }],
  ])('have the size that is asked for: %s', (text, size) => {
    expect(camera(text).source).toMatchObject({ kind: 'test', pattern: 'smpte', ...size })
  })
})
