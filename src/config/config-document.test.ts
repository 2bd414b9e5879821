import { describe, expect, it } from 'vitest'
import type { CameraConfig } from './config.ts'
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

function passwordOf(config: CameraConfig): string | undefined {
  return config.source.kind === 'rtsp' ? config.source.url.credentials?.password.reveal() : undefined
}

describe('YAML that would change a value', () => {
  it.each([
    ['0123456', 'as a number'],
    ['0x1F', 'as a number'],
    ['1e3', 'as a number'],
    ['1_000', 'as a number'],
    ['12:30:45', 'as a number'],
    ['1.50', 'as a number'],
    ['12345678901234567890', 'as a number'],
    ['.inf', 'as a number'],
    ['yes', 'as true or false'],
    ['on', 'as true or false'],
    ['No', 'as true or false'],
    ['null', 'as "nothing"'],
    ['~', 'as "nothing"'],
    ['2026-01-02', 'as a date'],
    ['a #b', 'is cut off there'],
    ['a # b', 'is cut off there'],
    ['a\n      b', 'goes on in the next line'],
    ['"a\n      b"', 'goes on in the next line'],
    ['!a b', 'tags (!) are not taken'],
    ['&a b', 'anchors and aliases'],
    ['*a', 'anchors and aliases'],
    ['@a', 'cannot begin with this character'],
    ['"a\\d"', 'single quotes'],
    ["'it's'", 'this is no valid YAML'],
    ['a: b', 'a second colon'],
    ['|\n      a', 'holds a line break'],
    ['', 'has no value'],
    ['[a]', 'must be text'],
  ])('is refused, and the sentence says to quote it: password: %s', (value, sentence) => {
    const problems = problemsOf(`cameras:\n  a:\n    url: rtsp://10.0.0.1/\n    user: u\n    password: ${value}\n`)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^atalaya\.yaml:[56]:\d+: /)
    expect(problems[0]).toContain(sentence)
  })

  it.each([
    ['123456', '123456'],
    ['"0123456"', '0123456'],
    ["'a #b'", 'a #b'],
    ['a#b', 'a#b'],
    ["it's", "it's"],
    ['-x', '-x'],
    ['true', 'true'],
    ['"yes"', 'yes'],
    ['>-\n      a b', 'a b'],
    ['pässwörd', 'pässwörd'],
    ['$1$abc', '$1$abc'],
  ])('is not there: password: %s is what it looks like', (value, password) => {
    const { config } = load(`cameras:\n  a:\n    url: rtsp://10.0.0.1/\n    user: u\n    password: ${value}\n`)
    const [first] = config.cameras.values()
    expect(first && passwordOf(first)).toBe(password)
  })

  it.each([
    ['rtsp://u:a #b@10.0.0.1/', 'is cut off there'],
    ['rtsp://u:12 # b@10.0.0.1/', 'is cut off there'],
    ['{ url: test:clock, name: 007 }', 'as a number'],
  ])('is refused in an address too: %s', (text, sentence) => {
    expect(problemsOf(`cameras:\n  door: ${text}\n`).join()).toContain(sentence)
  })

  it.each([
    ['cameras:\n  007: test:clock\n', '2:3: cameras: YAML can read this unquoted value as a number'],
    ['cameras:\n  on: test:clock\n', '2:3: cameras: YAML can read this unquoted word as true or false'],
    ['cameras:\n\ta: test:clock\n', 'a tab is not taken as indentation'],
    ['cameras:\n  a: test:clock\n---\ncameras: {}\n', '3:1: a second document begins here'],
    ['x: &a { url: test:clock }\ncameras:\n  a:\n    <<: *a\n', '4:5: cameras.a: merge keys (<<) are not taken'],
    ['cameras:\n  ? [a]\n  : test:clock\n', '2:5: cameras: this key is no plain word'],
    ['cameras: [', 'the indentation is not right, or a closing bracket is missing'],
    [`cameras: ${'['.repeat(20_000)}`, 'atalaya.yaml:1:'],
  ])('is refused at its place: %s', (text, sentence) => {
    expect(problemsOf(text).join('\n')).toContain(sentence)
  })
})
