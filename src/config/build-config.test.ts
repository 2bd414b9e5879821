import { describe, expect, it } from 'vitest'
import { ConfigError } from './config-error.ts'
import { parseConfigText } from './load-config.ts'

function load(text: string, environment: Record<string, string> = {}) {
  return parseConfigText(text, { file: 'atalaya.yaml', environment })
}

function problemsOf(text: string, environment: Record<string, string> = {}): string[] {
  return linesOf(() => load(text, environment))
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

describe('a configuration that cannot be used', () => {
  it('lists every problem at once, in the order of the file', () => {
    const text = `server: { prot: 1, port: 70000 }
webrtc: { port: 1 }
cameras:
  a b: test:clock
  1: test:x
  "1": test:clock
  d: { rul: x }
  e: { url: "test:clock", conect: always, fps: fast }
  f: [a]
  g:
  h: { user: u }
  i: { url: rtsp://10.0.0.1/, password: \${MISSING} }
`
    expect(problemsOf(text).map((line) => line.replace(/^(atalaya\.yaml:\d+:\d+: [^ ]+).*$/, '$1'))).toEqual([
      'atalaya.yaml:1:11: server.prot:',
      'atalaya.yaml:1:26: server.port:',
      'atalaya.yaml:2:1: webrtc:',
      'atalaya.yaml:4:3: cameras.(key):',
      'atalaya.yaml:5:6: cameras.1:',
      'atalaya.yaml:6:3: cameras.1:',
      'atalaya.yaml:7:8: cameras.d.rul:',
      'atalaya.yaml:8:27: cameras.e.conect:',
      'atalaya.yaml:8:48: cameras.e.fps:',
      'atalaya.yaml:9:6: cameras.f:',
      'atalaya.yaml:10:3: cameras.g:',
      'atalaya.yaml:11:3: cameras.h:',
      'atalaya.yaml:12:41: cameras.i.password:',
    ])
  })

  it.each([
    ['', '1:1: cameras: there is no camera: write at least one under cameras:'],
    ['# nothing yet\n', '1:1: cameras: there is no camera'],
    ['cameras:\n', '1:1: cameras: has no value: write one, or remove the line'],
    ['cameras: { a }', '1:12: cameras.a: has no value: write one, or remove the line'],
    ['cameras: {}', '1:1: cameras: there is no camera'],
    ['just text', '1:1: must be a group of settings'],
    ['- a\n', '1:1: must be a group of settings'],
    ['cameras: { a: test:clock }\nserver: { prot: 1 }', '2:11: server.prot: unknown key: did you mean port?'],
    ['camera: { a: test:clock }', '1:1: camera: unknown key: did you mean cameras?'],
    [
      'cameras: { a: test:clock }\nzzz: 1',
      '2:1: (key): unknown key: here it can be server, defaults, auth, tls, cors, limits, basePath, trustedProxies, destinations, engine, offline, language, cameras',
    ],
    [
      'cameras: { a: { url: test:clock, colour: red } }',
      '1:34: cameras.a.(key): unknown key: here it can be url, rtsp, main, sub, ip',
    ],
    ['cameras: { a: { url: test:clock, pasword: x } }', '1:34: cameras.a.pasword: unknown key: did you mean password?'],
    ['cameras: { a: test:clock }\ntls: { key: a.pem }', '2:6: tls.certificate: is missing'],
    ['cameras: { a: test:clock }\ntls: { certificate: a.pem }', '2:6: tls.key: is missing'],
    ['cameras: { a: test:clock }\ntls: { cert: a.pem }', '2:8: tls.(key): unknown key: here it can be certificate, key, hsts'],
    ['cameras: { a: test:clock }\ntls: snakeoil', '2:6: tls: must be self-signed, or a group'],
    ['cameras: { a: test:clock }\nwebrtc: {}', '2:1: webrtc: reserved: this version has no WebRTC yet'],
    ['cameras: { a: test:clock }\nauth: { users: [] }', '2:16: auth.users: must be text of at most 1000 characters on one line'],
    ['cameras: { a: test:clock }\nlanguage: de', '2:11: language: must be en or es'],
    ['cameras: { a: test:clock }\nbasePath: cameras', '2:11: basePath: must be the path under which a proxy shows'],
    ['cameras: { a: test:clock }\nbasePath: /a/../b', '2:11: basePath: must be the path'],
    ['cameras: { a: test:clock }\nbasePath: http://lab.example/cameras', '2:11: basePath: must be the path'],
    ['cameras: { a: test:clock }\ntrustedProxies: 127.0.0.1', '2:17: trustedProxies: must be a list'],
    ['cameras: { a: test:clock }\ntrustedProxies: [proxy]', '2:18: trustedProxies.0: must be the IP address of a proxy'],
    ['cameras: { a: test:clock }\ntrustedProxies: [10.0.0.0/33]', '2:18: trustedProxies.0: must be the IP address'],
    ['cameras: { a: test:clock }\ntrustedProxies: [0.0.0.0/0]', '2:18: trustedProxies.0: must be the IP address'],
    ['cameras: { a: test:clock }\nlimits: { viewers: 0 }', '2:20: limits.viewers: must be a whole number from 1 to 100000'],
    ['cameras: { a: test:clock }\ncors: { origins: [lab.example] }', '2:19: cors.origins.0: must be an origin'],
    ['cameras: { a: test:clock }\nserver: { names: ["127.0.0.1:5000"] }', '2:19: server.names.0: must be a host name'],
    ['cameras: { a: test:clock }\nserver: { host: "127.0.0.1/x" }', '2:17: server.host: must be a host name or an IP'],
    ['cameras: { a: test:clock }\ncors: { origins: lab.example }', '2:18: cors.origins: must be a list'],
    ['cameras: { a: { url: test:clock, connect: allways } }', '1:43: cameras.a.connect: must be always or on-demand'],
    ['cameras: { a: { url: test:clock, default: maybe } }', '1:43: cameras.a.default: must be true or false'],
    ['cameras: { a: { url: test:clock, fps: 12.5 } }', '1:39: cameras.a.fps: must be a whole number from 1 to 120'],
    ['cameras: { a: { url: test:clock, name: "a\\u202eb" } }', '1:40: cameras.a.name: holds a line break or another invisible'],
    [`cameras: { a: { url: test:clock, name: ${'x'.repeat(101)} } }`, '1:40: cameras.a.name: must be text of at most 100'],
    [
      'cameras:\n  a: test:clock\n  a: test:smpte',
      '3:3: cameras.a: a camera with this id is there already, in line 2: choose another id',
    ],
    ['cameras:\n  1: test:clock\n  "1": test:smpte', '3:3: cameras.1: a camera with this id is there already, in line 2'],
    ['cameras: { a: test:clock }\ncameras: { b: test:clock }', '2:1: cameras: this key is there already, in line 1: keep one'],
    ['cameras: { __proto__: test:clock }', '1:12: cameras: this name is not possible'],
    ['cameras: { .hidden: test:clock }', '1:12: cameras.(key): a camera id has 1 to 64 letters'],
    ['cameras: { "a/b": test:clock }', '1:12: cameras.(key): a camera id has 1 to 64 letters'],
    [`cameras: { ${'x'.repeat(65)}: test:clock }`, '1:12: cameras.(key): a camera id has 1 to 64 letters'],
    [
      'cameras: { a: { url: test:clock, default: true }, b: { url: test:clock, default: true } }',
      '1:82: cameras.b.default: another camera',
    ],
    ['cameras: { a: { name: x } }', '1:12: cameras.a: has no address: write url: or rtsp:'],
    ['cameras: { a: { url: test:clock, rtsp: rtsp://10.0.0.1/ } }', '1:34: cameras.a.rtsp: url: and rtsp: mean the same'],
    ['cameras: { a: { url: rtsp://10.0.0.1/, password: x } }', '1:40: cameras.a.password: there is a password but no user'],
    ['cameras: { a: { url: rtsp://10.0.0.1/, ip: "10.0.0.1:554" } }', '1:44: cameras.a.ip: must be an IP address or a host name'],
    ['cameras: { a: "v4l2:video0" }', '1:15: cameras.a: v4l2: is followed by the path of a USB camera'],
    ['cameras: { a: "file:" }', '1:15: cameras.a: file: is followed by the path of a video or of a folder of pictures'],
    [
      'cameras: { a: { url: rtsps://10.0.0.1/, tls: { fingerprint: abc } } }',
      '1:61: cameras.a.tls.fingerprint: must be the 64 hexadecimal',
    ],
    [
      `cameras: { a: { url: rtsps://10.0.0.1/, ingest: libav, tls: { fingerprint: ${'ab'.repeat(32)} } } }`,
      '1:76: cameras.a.tls.fingerprint: cannot be checked by libav',
    ],
    [
      'cameras: { a: { url: rtsps://10.0.0.1/, tls: { verfy: false } } }',
      '1:48: cameras.a.tls.verfy: unknown key: did you mean verify?',
    ],
    ['cameras: { a: exec:ls }', '1:15: cameras.a: the address must begin with rtsp://'],
    ['cameras: { a: gopher://x/ }', '1:15: cameras.a: addresses of this kind are not taken'],
    ['cameras: { a: test:snow }', '1:15: cameras.a: the test pictures are test:clock and test:smpte'],
    ['cameras: { a: rtsp:///stream1 }', '1:15: cameras.a: the address has no host'],
    ['cameras: { a: "rtsp://10.0.0.1:99999/" }', '1:15: cameras.a: the address is no valid URL'],
    ['cameras: { a: "rtsp://u:p@h\\r\\nX: y/" }', '1:15: cameras.a.url: holds a line break or another invisible character'],
    [
      'cameras: { a: { brand: acme, host: 10.0.0.1 } }',
      '1:24: cameras.a.brand: must be amcrest or dahua or hikvision or reolink',
    ],
    ['cameras: { a: { brand: axis } }', '1:24: cameras.a.brand: needs to know where the camera is: write host:'],
    [
      'cameras: { a: { brand: axis, host: "10.0.0.1:80" } }',
      '1:36: cameras.a.host: must be an IP address or a host name; a port',
    ],
    ['cameras: { a: { url: rtsp://10.0.0.1/, stream: sub } }', '1:40: cameras.a.stream: goes with brand: write brand: amcrest'],
    ['cameras: { a: { brand: axis, host: h, onvif: often } }', '1:46: cameras.a.onvif: must be true, false or a port'],
    ['cameras: { a: { main: rtsp://10.0.0.7/1, sub: "file:" } }', '1:47: cameras.a.sub: file: is followed by the path'],
    ['cameras: { a: { main: rtsp://10.0.0.7/1, url: rtsp://10.0.0.7/2 } }', '1:17: cameras.a.main: url: and main: mean the same'],
    ['cameras: { a: { url: test:clock, rotate: 45 } }', '1:42: cameras.a.rotate: must be 0, 90, 180 or 270'],
    ['cameras: { a: { url: test:clock, flip: both } }', '1:40: cameras.a.flip: must be none or horizontal or vertical'],
    ['cameras: { a: { url: test:clock, crop: 50 } }', '1:40: cameras.a.crop: must be a group of left, top, width and height'],
    ['cameras: { a: { url: test:clock, crop: { lft: 5 } } }', '1:42: cameras.a.crop.lft: unknown key: did you mean left?'],
    [
      'cameras: { a: { url: test:clock, crop: { left: 101 } } }',
      '1:48: cameras.a.crop.left: must be a whole number from 0 to 100',
    ],
  ])('is refused with one sentence: %s', (text, sentence) => {
    const problems = problemsOf(text)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(`atalaya.yaml:${sentence}`)
  })
})

describe('a camera with two streams and a picture that is not as it should be', () => {
  it('has both, with one login, and says how its pictures are to be turned', () => {
    const { config } = parseConfigText(
      `defaults: { flip: horizontal }
cameras:
  hall: { main: rtsp://10.0.0.7/1, sub: rtsp://10.0.0.7/2, user: me, password: secret, rotate: 90, crop: { left: 10, width: 80 } }
  plain: { url: test:clock, flip: none }`,
      { file: 'atalaya.yaml', environment: {} },
    )
    const hall = config.cameras.get('hall')
    expect(String(hall?.sub?.kind === 'rtsp' && hall.sub.url)).toBe('rtsp://10.0.0.7/2')
    expect(hall?.sub?.kind === 'rtsp' && hall.sub.url.credentials?.user).toBe('me')
    expect(hall?.transform).toEqual({ rotate: 90, flip: 'horizontal', crop: { left: 10, top: 0, width: 80, height: 100 } })
    expect(config.cameras.get('plain')?.transform).toBeUndefined()
  })
})

describe('a host that others can reach', () => {
  const cameras = 'cameras: { a: test:clock }'

  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '"::1"', '"[::1]"', '"0:0:0:0:0:0:0:1"'])('is none of %s', (host) => {
    expect(problemsOf(`server: { host: ${host} }\n${cameras}`)).toEqual([])
  })

  it.each(['0.0.0.0', '"::"', '192.168.1.5', 'cams.lab', '"::ffff:192.168.1.5"'])(
    'is refused without auth, naming both ways out: %s',
    (host) => {
      const [problem, ...more] = problemsOf(`server: { host: ${host} }\n${cameras}`)
      expect(problem).toContain('atalaya.yaml:1:17: server.host: other machines would see every camera')
      expect(problem).toContain('auth: none')
      expect(problem).toContain('127.0.0.1')
      expect(more).toEqual([])
      expect(problemsOf(`server: { host: ${host} }\nauth: none\n${cameras}`)).toEqual([])
    },
  )

  it('is checked after the command line has had its say', () => {
    const origin = { file: 'atalaya.yaml', environment: {} }
    expect(linesOf(() => parseConfigText(cameras, { ...origin, overrides: { host: '0.0.0.0' } }))).toEqual([
      expect.stringContaining('the host asked for: other machines would see every camera'),
    ])
    const open = parseConfigText(`server: { host: 0.0.0.0 }\n${cameras}`, {
      ...origin,
      overrides: { host: '127.0.0.1', port: 0 },
    })
    expect(open.config.server).toMatchObject({ host: '127.0.0.1', port: 0 })
  })
})
