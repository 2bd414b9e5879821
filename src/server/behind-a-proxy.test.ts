import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { serverParts } from '../../test/fakes/server-parts.ts'
import { EMPTY_CONFIG, TestCamera } from '../../test/fakes/test-camera.ts'
import { type Log, SILENT_LOG } from '../telemetry/log.ts'
import { createHttpServer } from './http-server.ts'

let server: FastifyInstance
let logged: Record<string, unknown>[]

afterEach(() => server.close())

async function start(settings: { basePath?: string; trustedProxies?: string[] }): Promise<void> {
  logged = []
  const log: Log = { ...SILENT_LOG, debug: (fields) => logged.push(fields as Record<string, unknown>), child: () => log }
  server = await createHttpServer(
    serverParts([new TestCamera({ id: 'door' })], { config: { ...EMPTY_CONFIG, ...settings }, log }),
  )
}

describe('under a base path', () => {
  it('everything is found there, and without it too', async () => {
    await start({ basePath: '/cameras' })
    for (const url of ['/cameras/status', '/status', '/cameras/', '/cameras/livez', '/livez', '/cameras/api/openapi.json']) {
      expect([url, (await server.inject(url)).statusCode]).toEqual([url, 200])
    }
    expect((await server.inject('/cameras/nowhere')).statusCode).toBe(404)
    expect((await server.inject('/cameras2/status')).statusCode).toBe(404)
    expect((await server.inject({ method: 'DELETE', url: '/cameras/status' })).headers['allow']).toBe('GET, HEAD')
  })

  it('a reader without the last slash is sent to where the relative addresses of the page lead somewhere', async () => {
    await start({ basePath: '/cameras' })
    const answer = await server.inject({ url: '/cameras?x=1', headers: { accept: 'text/html' } })
    expect([answer.statusCode, answer.headers['location']]).toEqual([308, '/cameras/?x=1'])
  })

  it('the OpenAPI document says where its paths begin', async () => {
    await start({ basePath: '/api' })
    const document = (await server.inject('/api/api/openapi.json')).json()
    expect(document.servers).toEqual([{ url: '/api' }])
    expect(Object.keys(document.paths)).toContain('/api/cameras')
  })
})

describe('who asks', () => {
  const ask = async (remoteAddress: string) => {
    await server.inject({ url: '/livez', remoteAddress, headers: { 'x-forwarded-for': '192.0.2.7' } })
    return logged.at(-1)?.['ip']
  }

  it('is told by a trusted proxy, by nobody else', async () => {
    await start({ trustedProxies: ['127.0.0.1', '10.0.0.0/8'] })
    expect(await ask('127.0.0.1')).toBe('192.0.2.7')
    expect(await ask('10.1.2.3')).toBe('192.0.2.7')
    expect(await ask('192.0.2.99')).toBe('192.0.2.99')
  })

  it('is who is connected, where no proxy is trusted', async () => {
    await start({})
    expect(await ask('127.0.0.1')).toBe('127.0.0.1')
  })
})
