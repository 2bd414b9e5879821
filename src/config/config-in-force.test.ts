import { describe, expect, it } from 'vitest'
import { ConfigInForce } from './config-in-force.ts'
import { parseConfigText } from './load-config.ts'
import { isSameSettings } from './same-settings.ts'

const read = (text: string, environment: Record<string, string> = {}) =>
  parseConfigText(`${text}\n${text.includes('cameras:') ? '' : 'cameras: { a: test:clock }'}`, {
    file: 'atalaya.yaml',
    environment,
  }).config

describe('a configuration in force', () => {
  it('is replaced at once, save what only a start can change', () => {
    const config = new ConfigInForce(read('server: { port: 5000, names: [a.lab] }'))
    const { limits } = config
    const next = read(
      'server: { port: 6000, host: localhost, names: [b.lab] }\nlimits: { viewers: 7 }\nbasePath: /c\noffline: close',
    )
    expect(config.replace(next)).toEqual({
      settings: ['server.names', 'limits.viewers', 'offline'],
      needsRestart: ['server.host', 'server.port', 'basePath'],
    })
    expect(limits.viewers).toBe(1000)
    expect(config.limits.viewers).toBe(7)
    expect(config.server).toEqual({ host: '127.0.0.1', port: 5000, names: ['b.lab'] })
    expect(config.basePath).toBe('')
    expect(config.replace(read('server: { port: 5000, names: [b.lab] }\nlimits: { viewers: 7 }\noffline: close'))).toEqual({
      settings: [],
      needsRestart: [],
    })
  })
})

describe('settings of a camera', () => {
  const camera = (text: string, environment?: Record<string, string>) =>
    read(`cameras: { a: ${text} }`, environment).cameras.get('a')

  it.each([
    ['written in another way', 'rtsp://u:p@10.0.0.9/1', '{ rtsp: rtsp://10.0.0.9/1, user: u, password: p, connect: always }'],
    [
      'written in another order',
      '{ url: rtsp://10.0.0.9/1, fps: 5, quality: 9 }',
      '{ quality: 9, fps: 5, url: rtsp://10.0.0.9/1 }',
    ],
  ])('are the same when they are %s', (_, a, b) => {
    expect(isSameSettings(camera(a), camera(b))).toBe(true)
  })

  it.each([
    ['password', 'rtsp://u:p@10.0.0.9/1', 'rtsp://u:q@10.0.0.9/1'],
    ['certificate', '{ url: rtsps://10.0.0.9/1 }', '{ url: rtsps://10.0.0.9/1, tls: { verify: false } }'],
    ['name', '{ url: rtsp://10.0.0.9/1 }', '{ url: rtsp://10.0.0.9/1, name: Door }'],
    ['crop', '{ url: rtsp://10.0.0.9/1, crop: { left: 10 } }', '{ url: rtsp://10.0.0.9/1, crop: { left: 11 } }'],
  ])('differ by their %s', (_, a, b) => {
    expect(isSameSettings(camera(a), camera(b))).toBe(false)
  })

  it('differ when a secret does that stands elsewhere', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a placeholder
    const text = '{ url: rtsp://10.0.0.9/1, user: u, password: "${SECRET}" }'
    expect(isSameSettings(camera(text, { SECRET: 'a' }), camera(text, { SECRET: 'b' }))).toBe(false)
  })
})
