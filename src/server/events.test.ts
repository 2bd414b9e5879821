import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { serverParts } from '../../test/fakes/server-parts.ts'
import type { GatewayEvent } from '../api/events.ts'
import { EVERYBODY } from '../auth/authorize.ts'
import { streamEvents } from './event-stream.ts'
import { createHttpServer, type ServerParts } from './http-server.ts'

let parts: ServerParts
let server: FastifyInstance
let url: string

beforeEach(async () => {
  parts = serverParts([])
  server = await createHttpServer(parts)
  await server.listen({ port: 0, host: '127.0.0.1' })
  url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
})

afterEach(async () => {
  parts.events.close()
  await parts.cameras[Symbol.asyncDispose]()
  await server.close()
})

/** Reads server-sent events as a page does. */
class Listener {
  readonly response: Response
  readonly #reader: ReadableStreamDefaultReader<string>
  #text = ''

  constructor(response: Response) {
    this.response = response
    this.#reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  }

  static async open(headers: Record<string, string> = {}): Promise<Listener> {
    return new Listener(await fetch(`${url}/api/events`, { headers }))
  }

  /** The next event; undefined at the end. Comments and settings are skipped. */
  async next(): Promise<GatewayEvent | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n')
      if (end >= 0) {
        const block = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 2)
        const match = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(block)
        if (match) return { ...JSON.parse(match[3]!), id: Number(match[1]), type: match[2] }
        continue
      }
      const { value, done } = await this.#reader.read()
      if (done) return undefined
      this.#text += value
    }
  }

  async take(count: number): Promise<(GatewayEvent | undefined)[]> {
    const events = []
    while (events.length < count) events.push(await this.next())
    return events
  }

  close(): Promise<void> {
    return this.#reader.cancel()
  }
}

const add = (id: string, target = 'rtsp://u:canary@10.0.0.7/1') => parts.editor.create(id, { url: target, name: `The ${id}` })

describe('the events', () => {
  it('begin with the state of every camera, and go on with what happens', async () => {
    await add('door')
    const listener = await Listener.open()
    expect(Object.fromEntries(listener.response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    const [hello] = await listener.take(1)
    expect(hello).toMatchObject({
      type: 'hello',
      cameras: [{ id: 'door', name: 'The door', state: 'connecting', reason: null, condition: null, viewers: 0 }],
    })
    await parts.cameras.get('door').stop()
    const subscriber = { picture: () => undefined, offline: () => undefined, ended: () => undefined }
    parts.cameras.get('door').start()
    parts.cameras.get('door').watch({}, subscriber).close()
    await parts.editor.remove('door', { holds: () => true })
    const told = []
    for (let event = await listener.next(); event; event = await listener.next()) {
      told.push(event)
      if (event.type === 'config') break
    }
    expect(told.map((event) => ('state' in event ? event.state : event.type))).toEqual([
      'stopped',
      'connecting',
      'viewers',
      'stopped',
      'config',
    ])
    expect(told.at(-1)).toMatchObject({ camera: 'door', change: 'removed' })
    expect(told.map(({ id }) => id)).toEqual(told.map((_, index) => (hello?.id ?? 0) + 1 + index))
    expect(JSON.stringify([hello, told])).not.toContain('canary')
    await listener.close()
  })

  it('repeat what was missed', async () => {
    const first = await Listener.open()
    const [hello] = await first.take(1)
    await first.close()
    await add('door')
    const second = await Listener.open({ 'Last-Event-ID': String(hello?.id) })
    expect((await second.take(3)).map((event) => event?.type)).toEqual(['state', 'config', 'hello'])
    await second.close()
  })

  it.each(['1', 'canary', '-5', '99999999999999999999'])('begin anew for the unknown id %s', async (id) => {
    const listener = await Listener.open({ 'Last-Event-ID': id })
    expect((await listener.take(2)).map((event) => event?.type)).toEqual(['reset', 'hello'])
    await listener.close()
  })

  it('tell the number of viewers a few times a second at most, and the last one always', async () => {
    await add('door')
    const listener = await Listener.open()
    await listener.take(1)
    const camera = parts.cameras.get('door')
    const taker = { picture: () => undefined, offline: () => undefined, ended: () => undefined }
    const subscriptions = Array.from({ length: 10 }, () => camera.watch({}, taker))
    for (const subscription of subscriptions.slice(0, 7)) subscription.close()
    expect((await listener.take(2)).map((event) => event?.type === 'viewers' && event.viewers)).toEqual([1, 3])
    await listener.close()
  })

  it('may be read by a page of a trusted origin', async () => {
    const listener = await Listener.open({ Origin: 'https://lab.example' })
    expect(listener.response.headers.get('access-control-allow-origin')).toBe('https://lab.example')
    await listener.close()
  })

  it('are announced by HEAD and not begun', async () => {
    const answer = await fetch(`${url}/api/events`, { method: 'HEAD' })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
  })

  it('end with the gateway', async () => {
    const listener = await Listener.open()
    await listener.take(1)
    parts.events.close()
    expect(await listener.next()).toBeUndefined()
  })

  it('are for a bounded number of listeners', async () => {
    const listeners = await Promise.all(Array.from({ length: 200 }, () => Listener.open()))
    const refused = await fetch(`${url}/api/events`)
    expect([refused.status, ((await refused.json()) as { error: { code: string } }).error.code]).toEqual([
      503,
      'too_many_listeners',
    ])
    await Promise.all(listeners.map((listener) => listener.close()))
    await vi.waitFor(async () => expect((await fetch(`${url}/api/events`, { method: 'GET' }).then(dismiss)).status).toBe(200))
  })

  it('close a client that takes nothing, and queue nothing for it', async () => {
    const responses: ServerResponse[] = []
    const plain = createServer((_request, response) => {
      responses.push(response)
      void streamEvents(response, parts.events, { subject: EVERYBODY, stuckAfterMs: 200 })
    })
    plain.listen(0, '127.0.0.1')
    await once(plain, 'listening')
    const socket = connect((plain.address() as AddressInfo).port, '127.0.0.1')
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await vi.waitFor(() => expect(responses).toHaveLength(1))
    const [response] = responses
    const flood = setInterval(() => {
      for (let n = 0; n < 500; n++) parts.events.publish({ type: 'config', camera: 'x'.repeat(500), change: 'changed' })
    }, 1)
    let most = 0
    await vi.waitFor(
      () => {
        most = Math.max(most, response?.writableLength ?? 0)
        expect(response?.destroyed).toBe(true)
      },
      { timeout: 15_000, interval: 20 },
    )
    clearInterval(flood)
    expect(most).toBeLessThan(1_000_000)
    socket.destroy()
    plain.close()
  })
})

async function dismiss(response: Response): Promise<Response> {
  await response.body?.cancel()
  return response
}
