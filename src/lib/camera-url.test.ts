import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseCameraUrl } from './camera-url.ts'

describe('the address of a camera', () => {
  it('is taken apart', () => {
    const url = parseCameraUrl('RTSP://admin:secret@192.168.50.211:554/cam/realmonitor?channel=1&subtype=1')
    expect(url).toMatchObject({ scheme: 'rtsp', host: '192.168.50.211', port: 554, path: '/cam/realmonitor?channel=1&subtype=1' })
    expect(url.credentials?.user).toBe('admin')
    expect(url.credentials?.password.reveal()).toBe('secret')
  })

  it.each([
    ['rtsp://u:p%40s%3As@h/1', 'p@s:s'],
    ['rtsp://u:p@s:s@h/1', 'p@s:s'],
    ['rtsp://u:a#b@h:554/1', 'a#b'],
    ['rtsp://u:a/b?c@h/1', 'a/b?c'],
    ['rtsp://u:50%off@h/1', '50%off'],
    ['rtsp://u:two words@h/1', 'two words'],
    ['rtsp://u:@h/1', ''],
  ])('forgives any character in a password: %s', (text, password) => {
    const url = parseCameraUrl(text)
    expect(url.host).toBe('h')
    expect(url.path).toBe('/1')
    expect(url.credentials?.password.reveal()).toBe(password)
  })

  it('leaves an @ in the path alone', () => {
    expect(parseCameraUrl('rtsp://10.0.0.5/user@home')).toMatchObject({
      host: '10.0.0.5',
      path: '/user@home',
      credentials: undefined,
    })
  })

  it('knows IPv6', () => {
    const url = parseCameraUrl('rtsp://u:p@[fe80::1]:8554/a')
    expect(url).toMatchObject({ host: 'fe80::1', port: 8554 })
    expect(url.authority).toBe('[fe80::1]:8554')
  })

  it('never shows its credentials', () => {
    const url = parseCameraUrl('rtsp://canaryuser:canarypass@h:554/1')
    for (const shown of [String(url), JSON.stringify(url), inspect(url, { depth: 9 }), inspect(url.credentials?.password)]) {
      expect(shown).not.toContain('canarypass')
    }
    expect(String(url)).toBe('rtsp://h:554/1')
  })

  it.each(['h/1', 'rtsp://', 'rtsp:///path', 'rtsp://u:p@', 'rtsp://h:0/', 'rtsp://h:70000/', 'rtsp://-bad-/1'])(
    'refuses %s',
    (text) => {
      expect(() => parseCameraUrl(text)).toThrow(TypeError)
    },
  )
})
