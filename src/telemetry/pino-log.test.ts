import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { AtalayaError } from '../api/errors.ts'
import { parseCameraUrl } from '../lib/camera-url.ts'
import { Secret } from '../lib/secret.ts'
import type { Log } from './log.ts'
import { createPinoLog, type LogLevel } from './pino-log.ts'

class Lines extends Writable {
  text = ''
  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.text += bytes.toString()
    done()
  }
}

function logged(options: { level?: LogLevel; pretty: boolean }, write: (log: Log) => void): string {
  const output = new Lines()
  write(createPinoLog({ level: options.level ?? 'info', pretty: options.pretty, output }))
  return output.text
}

const failure = () =>
  new AtalayaError('refused', 'The camera refused the connection.', {
    cause: Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' }),
  })

describe('the log for programs', () => {
  it('is JSON lines with ISO time and the level as a word', () => {
    const line = JSON.parse(logged({ pretty: false }, (log) => log.child({ camera: 'door' }).info({ width: 640 }, 'live')))
    expect(line).toEqual({ level: 'info', time: expect.any(String), camera: 'door', width: 640, msg: 'live' })
    expect(new Date(line.time).toISOString()).toBe(line.time)
  })

  it('tells an error by its code, message and chain of causes', () => {
    const line = JSON.parse(logged({ pretty: false }, (log) => log.error({ err: failure() }, 'failed')))
    expect(line.err).toEqual({
      code: 'refused',
      message: 'The camera refused the connection.',
      cause: { code: 'ECONNREFUSED', message: 'connect failed' },
    })
  })

  it('shows stacks at level debug only', () => {
    const write = (log: Log) => log.error({ err: failure() }, 'failed')
    expect(logged({ pretty: false }, write)).not.toContain('pino-log.test.ts')
    expect(logged({ pretty: false, level: 'debug' }, write)).toContain('pino-log.test.ts')
    expect(logged({ pretty: true }, write)).not.toContain('pino-log.test.ts')
    expect(logged({ pretty: true, level: 'debug' }, write)).toContain('pino-log.test.ts')
  })

  it('says nothing below its level', () => {
    const write = (log: Log) => {
      log.debug({}, 'one')
      log.info({}, 'two')
      log.warn({}, 'three')
    }
    expect(logged({ pretty: false, level: 'warn' }, write)).toMatch(/^[^\n]*three[^\n]*\n$/)
    expect(logged({ pretty: false, level: 'silent' }, write)).toBe('')
  })
})

describe('the log for people', () => {
  it('is one short line: time, level, camera, message, fields', () => {
    const text = logged({ pretty: true }, (log) => log.child({ camera: 'door' }).warn({ reason: 'refused', tries: 2 }, 'offline'))
    expect(text).toMatch(/^\d\d:\d\d:\d\d WARN {2}door {2}offline {2}reason=refused {2}tries=2\n$/)
  })

  it.each([['a sentence'], [42], [null], [{ message: 7 }], [{ message: 'no', cause: 3 }], [['a list']]])(
    'survives whatever a field holds: error = %j',
    (error) => {
      const text = logged({ pretty: true }, (log) => {
        log.warn({ error, err: error, camera: error } as object, 'offline')
        log.info({}, 'and goes on')
      })
      expect(text).toContain('offline')
      expect(text).toContain('and goes on')
    },
  )

  it('tells an error that is only a sentence', () => {
    expect(logged({ pretty: true }, (log) => log.warn({ error: 'The camera hung up.' }, 'offline'))).toContain(
      'offline: The camera hung up.',
    )
  })

  it('tells the causes of an error in the same line', () => {
    const text = logged({ pretty: true }, (log) => log.error({ err: failure() }, 'no decoder'))
    expect(text).toMatch(/ERROR no decoder: The camera refused the connection\. ← connect failed \(ECONNREFUSED\)\n$/)
  })

  it('shows control characters and does not obey them', () => {
    const text = logged({ pretty: true }, (log) => log.info({ phrase: 'a\u001b[31m' }, 'one\n[ERROR] fake'))
    expect(text).toContain('one\\x0a[ERROR] fake  phrase=a\\x1b[31m')
    expect(text.trimEnd()).not.toContain('\n')
  })
})

it.each([true, false])('never shows a secret (for people: %s)', (pretty) => {
  const text = logged({ pretty, level: 'debug' }, (log) => {
    const url = parseCameraUrl('rtsp://user:canary7pass@10.0.0.1/1')
    log.info({ url, password: new Secret('canary7pass'), credentials: url.credentials }, 'a')
    log.child({ url }).info({ password: 'canary7pass', options: { password: 'canary7pass' } }, 'b')
  })
  expect(text).toContain('rtsp://10.0.0.1/1')
  expect(text).toContain('***')
  expect(text).not.toContain('canary7pass')
})
