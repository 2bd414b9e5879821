import { describe, expect, it } from 'vitest'
import { createAuthenticators, isStale, parseChallenges } from './authentication.ts'
import { Secret } from './secret.ts'

const credentials = { user: 'Mufasa', password: new Secret('Circle Of Life') }

describe('challenges', () => {
  it('are read from several fields and from several in one field', () => {
    const challenges = parseChallenges([
      'Digest realm="a, b", nonce="n1", Basic realm="x"',
      'Digest realm="c", nonce="n2", algorithm=SHA-256',
    ])
    expect(challenges.map(({ scheme, parameters }) => [scheme, parameters.get('realm'), parameters.get('nonce')])).toEqual([
      ['digest', 'a, b', 'n1'],
      ['basic', 'x', undefined],
      ['digest', 'c', 'n2'],
    ])
  })

  it('are read without quotes, without commas and in any case', () => {
    const [challenge] = parseChallenges(['DIGEST Realm=camera nonce=abc, STALE=True qop="auth"'])
    expect(Object.fromEntries(challenge!.parameters)).toEqual({ realm: 'camera', nonce: 'abc', stale: 'True', qop: 'auth' })
    expect(isStale([challenge!])).toBe(true)
  })

  it.each(['a', ' ', 'a ', 'a=', '="', 'digest ', ','])('take no time by the square of their length (%j)', (text) => {
    const began = performance.now()
    for (const start of ['', 'Digest '])
      createAuthenticators(parseChallenges([start + text.repeat(60_000 / text.length)]), credentials)
    expect(performance.now() - began).toBeLessThan(500)
  })

  it('are none in nonsense', () => {
    expect(parseChallenges(['', '====', 'Camera realm="x"'])).toEqual([])
    expect(createAuthenticators(parseChallenges(['Digest realm="no nonce"', 'NTLM']), credentials)).toEqual([])
  })
})

describe('authenticators', () => {
  it('answer Basic', () => {
    const [basic] = createAuthenticators(parseChallenges(['Basic realm="x"']), credentials)
    expect(basic?.authorize('DESCRIBE', 'rtsp://a/')).toBe(`Basic ${Buffer.from('Mufasa:Circle Of Life').toString('base64')}`)
  })

  it('answer Digest as RFC 2069 has it', () => {
    const challenges = parseChallenges([
      'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc"',
    ])
    const [digest] = createAuthenticators(challenges, { user: 'Mufasa', password: new Secret('CircleOfLife') })
    const value = digest?.authorize('GET', '/dir/index.html') ?? ''
    expect(value).toContain('response="1949323746fe6a43ef61f9606e7febea"')
    expect(value).toContain('opaque="5ccc"')
    expect(value).not.toContain('cnonce')
  })

  it.each([
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ])('answer Digest with %s as section 3.9.1 of RFC 7616 has it', (algorithm, response) => {
    const challenge = `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, \
nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
    const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
    const mufasa = { user: 'Mufasa', password: new Secret('Circle of Life') }
    const [digest] = createAuthenticators(parseChallenges([challenge]), mufasa, () => cnonce)
    const value = digest?.authorize('GET', '/dir/index.html') ?? ''
    expect(value).toContain(`response="${response}"`)
    expect(value).toContain(`cnonce="${cnonce}"`)
  })

  it('count the requests of a nonce with qop', () => {
    const [digest] = createAuthenticators(parseChallenges(['Digest realm="r", nonce="n", qop="auth-int, auth"']), credentials)
    expect(digest?.authorize('PLAY', 'rtsp://a/')).toMatch(/qop=auth, nc=00000001, cnonce="[0-9a-f]{16}"/)
    expect(digest?.authorize('PLAY', 'rtsp://a/')).toContain('nc=00000002')
  })

  it('prefer SHA-256 to MD5 and MD5 to Basic, and leave out what is not understood', () => {
    const challenges = parseChallenges([
      'Basic realm="r"',
      'Digest realm="r", nonce="n"',
      'Digest realm="r", nonce="n", algorithm=SHA-512-256',
      'Digest realm="r", nonce="n", algorithm=SHA-256',
    ])
    const values = createAuthenticators(challenges, credentials).map((one) => one.authorize('PLAY', 'rtsp://a/'))
    expect(values.map((value) => /^\w+|algorithm=[\w-]+/g.exec(value)?.[0])).toEqual(['Digest', 'Digest', 'Basic'])
    expect(values[0]).toContain('algorithm=SHA-256')
    expect(values[0]).toMatch(/response="[0-9a-f]{64}"/)
    expect(values.join()).not.toContain('Circle')
  })
})
