import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ServerPartsOptions, serverParts } from '../../test/fakes/server-parts.ts'
import { EMPTY_CONFIG, TestCamera } from '../../test/fakes/test-camera.ts'
import { Descriptors } from '../lib/descriptors.ts'
import { createHttpServer, type ServerParts } from './http-server.ts'

let door: TestCamera
let parts: ServerParts
let server: FastifyInstance
let port: number
const sockets: Socket[] = []

async function start(options: ServerPartsOptions = {}, requestWithinMs?: number): Promise<void> {
  door = new TestCamera({ maxViewers: 5 })
  parts = serverParts([door], options)
  server = await createHttpServer(parts, requestWithinMs)
  await server.listen({ port: 0, host: '127.0.0.1' })
  port = (server.server.address() as AddressInfo).port
  await door.goLive()
}

const limited = (limits: Partial<typeof EMPTY_CONFIG.limits>) => ({
  ...EMPTY_CONFIG,
  limits: { ...EMPTY_CONFIG.limits, ...limits },
})

/** What is answered to these lines, until the connection ends or `until` was seen. */
async function ask(lines: readonly string[], until?: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  let answer = ''
  socket.on('data', (data) => {
    answer += data.toString('latin1')
    if (until && answer.includes(until)) socket.emit('enough')
  })
  socket.on('error', () => socket.destroy())
  socket.write([...lines, '', ''].join('\r\n'))
  await Promise.race([once(socket, 'close'), once(socket, 'enough')])
  return answer
}
const get = (...headers: string[]) => ask(['GET /status HTTP/1.1', 'Host: a', 'Connection: close', ...headers])
const watch = (...headers: string[]) => ask(['GET /camera/door HTTP/1.1', 'Host: a', ...headers], 'frame')
const metric = async (code: string) => (await parts.metrics.text()).match(`refused_total{code="${code}"} (\\d+)`)?.[1]

beforeEach(() => start())
afterEach(stop)

async function stop(): Promise<void> {
  for (const socket of sockets.splice(0)) socket.destroy()
  await parts.cameras[Symbol.asyncDispose]()
  await server.close()
}

describe('a request that only mischief or a mistake sends', () => {
  it.each<[string, string[], number, string]>([
    ['has two Host headers', ['GET / HTTP/1.1', 'Host: a', 'host: b'], 400, 'ambiguous_host'],
    ['asks as one asks a proxy', ['GET http://evil.example/status HTTP/1.1', 'Host: a'], 400, 'absolute_target'],
    [
      'has 101 headers',
      ['GET / HTTP/1.1', 'Host: a', ...Array.from({ length: 99 }, (_, n) => `a${n}: b`)],
      431,
      'too_many_headers',
    ],
    ['has 500 headers', ['GET / HTTP/1.1', 'Host: a', ...Array.from({ length: 500 }, () => 'a:b')], 431, 'too_many_headers'],
    ['has 17 KB of headers', ['GET / HTTP/1.1', 'Host: a', `a: ${'b'.repeat(17_000)}`], 431, 'headers_too_large'],
    ['asks to be sent back (TRACE)', ['TRACE /status HTTP/1.1', 'Host: a'], 405, 'method_not_allowed'],
    ['asks for a tunnel (CONNECT)', ['CONNECT evil.example:443 HTTP/1.1', 'Host: evil.example:443'], 405, 'method_not_allowed'],
    ['has a method of other protocols', ['PROPFIND /status HTTP/1.1', 'Host: a'], 405, 'method_not_allowed'],
    ['is no HTTP', ['\x16\x03\x01'], 400, 'bad_parameter'],
  ])('is refused when it %s', async (_, lines, status, code) => {
    const answer = await ask([...lines, 'Connection: close'])
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} .*"code":"${code}"`, 's'))
    if (status === 405) expect(answer).toMatch(/^Allow: GET/im)
    expect(await metric(code)).toBe('1')
  })

  it('is taken with 100 headers, and with the asterisk that stands for the server', async () => {
    expect(await get(...Array.from({ length: 97 }, (_, n) => `a${n}: b`))).toMatch(/^HTTP\/1.1 200/)
    expect(await ask(['OPTIONS * HTTP/1.1', 'Host: a', 'Connection: close'])).not.toContain('absolute_target')
  })
})

describe('a slow opener', () => {
  it('is answered 408 and cut off, whether it says nothing, trickles headers or holds its body back', async () => {
    await stop()
    await start({}, 1000)
    const began = performance.now()
    const trickle = async () => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => socket.destroy())
      const timer = setInterval(() => socket.write('x'), 50)
      socket.write('GET /status HTTP/1.1\r\nHost: a\r\nX-Slow: ')
      let answer = ''
      socket.on('data', (data) => {
        answer += data
      })
      await once(socket, 'close')
      clearInterval(timer)
      return answer
    }
    const silent = async () => {
      const socket = connect(port, '127.0.0.1')
      await once(socket.resume(), 'close')
    }
    const body = ask(['POST /api/cameras HTTP/1.1', 'Host: 127.0.0.1', 'Content-Type: application/json', 'Content-Length: 50'])
    const [slow, held] = await Promise.all([trickle(), body, silent()])
    for (const answer of [slow, held]) expect(answer).toMatch(/^HTTP\/1.1 408 .*"code":"request_timeout"/s)
    expect(performance.now() - began).toBeLessThan(8000)
  })
})

describe('viewers beyond a limit', () => {
  it.each<[string, Partial<typeof EMPTY_CONFIG.limits>, number, string]>([
    ['in total', { viewers: 2 }, 503, 'too_many_viewers'],
    ['at one address', { viewersPerAddress: 2 }, 429, 'too_many_from_address'],
  ])('%s are told so, and when to come back; those who are in stay', async (_, limits, status, code) => {
    await stop()
    await start({ config: limited(limits) })
    await watch()
    await watch()
    expect(await watch('Connection: close')).toMatch(new RegExp(`^HTTP/1.1 ${status} .*retry-after: 5.*"code":"${code}"`, 'is'))
    expect(door.camera.viewers).toBe(2)
    sockets[0]?.destroy()
    await vi.waitFor(() => expect(door.camera.viewers).toBe(1))
    expect(await watch()).toMatch(/^HTTP\/1.1 200/)
    expect(await metric(code)).toBe('1')
  })

  it('of one camera are told so', async () => {
    for (let count = 0; count < 5; count++) await watch()
    expect(await watch('Connection: close')).toMatch(/^HTTP\/1.1 503 .*too_many_viewers.*limits.viewersPerCamera/s)
  })

  it('are counted by the address that a trusted proxy names, and by no other', async () => {
    await stop()
    await start({ config: { ...limited({ viewersPerAddress: 1 }), trustedProxies: ['127.0.0.1'] } })
    expect(await watch('X-Forwarded-For: 10.0.0.1')).toMatch(/^HTTP\/1.1 200/)
    expect(await watch('X-Forwarded-For: 10.0.0.2')).toMatch(/^HTTP\/1.1 200/)
    expect(await watch('X-Forwarded-For: 10.0.0.1', 'Connection: close')).toContain('10.0.0.1 has 1 viewers')
    await stop()
    await start({ config: limited({ viewersPerAddress: 1 }) })
    expect(await watch('X-Forwarded-For: 10.0.0.1')).toMatch(/^HTTP\/1.1 200/)
    expect(await watch('X-Forwarded-For: 10.0.0.2', 'Connection: close')).toContain('127.0.0.1 has 1 viewers')
  })
})

describe('a process with hardly any file descriptors left', () => {
  let open = 0
  const few = () => start({ descriptors: new Descriptors({ limit: () => 100, count: () => open, reserve: () => 20 }) })
  const soon = () => new Promise((resolve) => setTimeout(resolve, 120))

  it('refuses newcomers and says so in its readiness; who is in stays, and it recovers by itself', async () => {
    await stop()
    open = 50
    await few()
    expect(await watch()).toMatch(/^HTTP\/1.1 200/)
    open = 85
    await soon()
    expect(await watch('Connection: close')).toMatch(/^HTTP\/1.1 503 .*retry-after: 5.*"code":"out_of_descriptors"/is)
    expect(await ask(['GET /readyz HTTP/1.1', 'Host: a', 'Connection: close'])).toMatch(/^HTTP\/1.1 503 .*"status":"degraded"/s)
    expect(await get()).toMatch(/^HTTP\/1.1 200/)
    expect(door.camera.viewers).toBe(1)
    open = 50
    await soon()
    expect(await watch()).toMatch(/^HTTP\/1.1 200/)
  })

  it('ends further connections at once when even those would be too many', async () => {
    await stop()
    open = 95
    await few()
    expect(await ask([])).toMatch(/^HTTP\/1.1 503 .*Retry-After: 5.*"code":"out_of_descriptors"/s)
    expect(await metric('out_of_descriptors')).toBe('1')
  })
})
