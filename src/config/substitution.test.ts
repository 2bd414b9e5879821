import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { CameraConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
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

function passwordOf(config: CameraConfig): string | undefined {
  return config.source.kind === 'rtsp' ? config.source.url.credentials?.password.reveal() : undefined
}

describe('secrets', () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the placeholders are for the configuration
  it.each(['@', ':', '#', '%', '/', '?', ' ', 'ü', '%41', 'a@b:c#d%e/f?g h&i+j$k"l\'m\\n', '${X}', '\u{1f600}'])(
    'work with any password, beside the address and inside it: %s',
    (password) => {
      const environment = { PW: password, USER_NAME: 'ad@min' }
      for (const text of [
        '{ url: rtsp://10.0.0.1:554/1, user: u, password: ${PW} }',
        'rtsp://${USER_NAME}:${PW}@10.0.0.1:554/1',
      ]) {
        const one = camera(text, environment)
        expect(passwordOf(one)).toBe(password)
        expect(one.source.kind === 'rtsp' && one.source.url).toMatchObject({ host: '10.0.0.1', port: 554, path: '/1' })
      }
    },
  )

  it('are put into whole addresses, hosts and paths too', () => {
    const environment = { CAM: 'rtsp://u:p@10.0.0.1:554/cam?channel=1', HOST: '10.0.0.2:8554', PATH_PASSWORD: 'a&b' }
    const shown = (text: string) => {
      const { source } = camera(text, environment)
      return source.kind === 'rtsp' ? `${source.url} ${source.url.credentials?.user ?? ''}`.trim() : ''
    }
    expect(shown('${CAM}')).toBe('rtsp://10.0.0.1:554/cam?channel=1 u')
    expect(shown('rtsp://u:p@${HOST}/1')).toBe('rtsp://10.0.0.2:8554/1 u')
    expect(shown('rtsp://${HOST}/1')).toBe('rtsp://10.0.0.2:8554/1')
    expect(shown('rtsp://${HOST}/user=a&secret=${PATH_PASSWORD}&x=1')).toBe('rtsp://10.0.0.2:8554/user=a&secret=a%26b&x=1')
  })

  it('have defaults, for numbers as well', () => {
    const { config } = load('server: { port: ${PORT:-8007} }\ncameras: { a: { url: test:clock, name: "${NAME:-a: b #c}" } }')
    expect(config.server.port).toBe(8007)
    expect(config.cameras.get('a')?.name).toBe('a: b #c')
    expect(load('server: { port: ${PORT:-8007} }\ncameras: { a: test:clock }', { PORT: '80' }).config.server.port).toBe(80)
  })

  it('leave a dollar alone that is doubled or has no brace', () => {
    expect(passwordOf(camera('{ url: rtsp://h/, user: u, password: "$${X} $Y" }', { X: 'x', Y: 'y' }))).toBe('${X} $Y')
  })

  it('are never part of a message, whatever is wrong around them', () => {
    const places = [
      `cameras: { a: { url: rtsp://u:${CANARY}@/, password: ${CANARY}, pasword: ${CANARY}, fps: ${CANARY}, connect: ${CANARY} } }`,
      `cameras: { a: rtsp://u:${CANARY}@10.0.0.1:99999/, b: http://u:${CANARY}@h/, c: gopher://u:${CANARY}@h/, d: ${CANARY} }`,
      `cameras: { a: { url: rtsp://h/, user: u, password: x, ${CANARY}: y } }`,
      `cameras: { "rtsp://u:${CANARY}@h/": test:clock, "password:${CANARY}": x }`,
      `cameras:\n  a:\n    user: u\n    password:${CANARY}\n`,
      `cameras:\n  a:\n    password:${CANARY}\n    user: u\n`,
      `cameras:\n  a:\n    password: "${CANARY}\n`,
      `cameras:\n  a:\n    password: '${CANARY}'s\n`,
      `cameras:\n  a:\n    password: "\\d${CANARY}"\n`,
      `cameras:\n  a:\n    password: *${CANARY}\n    user: !${CANARY} x\n    url: &${CANARY} x\n`,
      `cameras:\n  a:\n    password: |${CANARY}\n`,
      `cameras:\n  a:\n    password: @${CANARY}\n`,
      `cameras:\n  a:\n    password: ${CANARY} #x\n    url: rtsp://u:${CANARY} #@h/\n`,
      `cameras:\n  a: { url: rtsp://h/, user: u, password: "${CANARY}\\n" }`,
      `server: { host: "${CANARY} x", names: ${CANARY} }\nlanguage: ${CANARY}\nauth: ${CANARY}\ncameras: ${CANARY}\n`,
      `%${CANARY}\n---\ncameras: {}\n`,
      CANARY,
    ]
    for (const text of places) {
      const problems = problemsOf(text)
      expect(problems, text).not.toEqual([])
      expect(problems.join('\n')).not.toContain(CANARY)
    }
    const inEnvironment = problemsOf('cameras: { a: "${PW}", b: rtsp://u:${PW}@h:x/, c: { url: "test:${PW}", fps: "${PW}" } }', {
      PW: CANARY,
    })
    expect(inEnvironment).toHaveLength(3)
    expect(inEnvironment.join('\n')).not.toContain(CANARY)
  })
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: the placeholders are for the configuration

  it('keep their canary out of errors and their causes', () => {
    try {
      load(`cameras: { a: rtsp://u:${CANARY}@h:99999/ }`)
      expect.unreachable()
    } catch (error) {
      expect(inspect(error, { depth: 9 })).not.toContain(CANARY)
    }
  })

  it('says what is missing of a secret', () => {
    const text = (secret: string) => `cameras: { a: { url: rtsp://10.0.0.1/, user: u, password: "${secret}" } }`
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the placeholders are for the configuration
    const rows: [string, string][] = [
      ['${NOT_SET}', 'the environment variable NOT_SET is not set: set it, or write ${NOT_SET:-default}'],
      ['${EMPTY}', 'the environment variable EMPTY is empty: set it, or write ${EMPTY:-default}'],
      ['${file:/nowhere/at/all}', 'the secret file /nowhere/at/all does not exist'],
      ['${file:/}', 'the secret file / is a folder'],
      ['${NOT SET}', 'a ${…} is not one of ${NAME}, ${NAME:-default} and ${file:/path}'],
      ['${OPEN', 'a ${…} is not one of'],
    ]
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: the placeholders are for the configuration
    for (const [secret, sentence] of rows) {
      const [problem, ...more] = problemsOf(text(secret), { EMPTY: '' })
      expect(problem).toContain(`atalaya.yaml:1:59: cameras.a.password: ${sentence}`)
      expect(more).toEqual([])
    }
  })
})
