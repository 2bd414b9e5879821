import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serverParts } from '../../test/fakes/server-parts.ts'
import type { Diagnosis } from '../api/diagnosis.ts'
import { createHttpServer } from './http-server.ts'

const PASSWORD = 'canary7pass'

describe('settings that are tried out', () => {
  const parts = serverParts([])
  let server: FastifyInstance

  beforeAll(async () => {
    server = await createHttpServer(parts)
  })
  afterAll(() => server.close())

  const tryOut = (payload: object, language = 'en') =>
    server.inject({ method: 'POST', url: '/api/diagnose', payload, headers: { 'accept-language': language } })

  it('say where the way to a picture ends, in the language of the reader, and are not kept', async () => {
    const settings = { url: 'rtsp://127.0.0.1:1/stream1', user: 'admin', password: PASSWORD }
    const answer = await tryOut(settings)
    expect(answer.statusCode).toBe(200)
    const { ok, steps } = answer.json<Diagnosis>()
    expect(ok).toBe(false)
    expect(steps.at(-1)).toMatchObject({ step: 'connection', ok: false })
    expect((await tryOut(settings, 'es-GT')).json<Diagnosis>().steps.at(-1)?.advice).toContain('RTSP')
    expect(answer.body).not.toContain(PASSWORD)
    expect([...parts.cameras]).toEqual([])
  })

  it('are refused with every problem, key by key', async () => {
    const answer = await tryOut({ nmae: 'Door', brand: 'axis' })
    expect(answer.statusCode).toBe(422)
    const { problems } = answer.json<{ error: { problems: { path: string }[] } }>().error
    expect(problems.map(({ path }) => path)).toContain('nmae')
  })

  it('need no id, but not any will do', async () => {
    expect((await tryOut({ id: 'a/b', url: 'test:clock' })).statusCode).toBe(400)
  })

  it('are not taken from the page of another site', async () => {
    const headers = { origin: 'http://evil.example', host: 'localhost' }
    const answer = await server.inject({ method: 'POST', url: '/api/diagnose', payload: { url: 'test:clock' }, headers })
    expect(answer.statusCode).toBe(403)
  })
})
