import { describe, expect, it } from 'vitest'
import { parseCameraUrl } from './camera-url.ts'
import { followRedirect } from './follow-redirect.ts'

const HTTP = ['http', 'https'] as const

describe('a redirect of a camera', () => {
  it.each([
    ['/new', 'http://cam:81/new'],
    ['new.cgi?x=1', 'http://cam:81/cgi/new.cgi?x=1'],
    ['//cam:81/y', 'http://cam:81/y'],
    ['https://cam/z', 'https://cam/z'],
  ])('to %s leads to %s', (location, target) => {
    expect(String(followRedirect(parseCameraUrl('http://u:p@cam:81/cgi/old?a=b'), location, HTTP))).toBe(target)
  })

  it('takes the login along to the same host and port, and to no other', () => {
    const from = parseCameraUrl('http://u:p@cam:81/old')
    expect(followRedirect(from, '/new', HTTP)?.credentials?.user).toBe('u')
    for (const other of ['http://cam/new', 'http://evil:81/', 'https://cam/', 'http://x:y@evil/']) {
      expect(followRedirect(from, other, HTTP)?.credentials).toBeUndefined()
    }
  })

  it.each(['file:///etc/passwd', 'rtsp://cam/', 'javascript:x', 'http://', 'http://h:99999/'])(
    'to %s is not followed',
    (location) => {
      expect(followRedirect(parseCameraUrl('http://cam/'), location, HTTP)).toBeUndefined()
    },
  )

  it('from an encrypted address to a plain one is not followed', () => {
    expect(followRedirect(parseCameraUrl('https://cam/'), 'http://cam/', HTTP)).toBeUndefined()
  })
})
