import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createGateway, type Gateway } from '../../src/library/gateway.ts'

/** A web server of this machine that is no camera. */
let neighbour: Server
let visits: string[]
let gateway: Gateway

beforeEach(async () => {
  visits = []
  neighbour = await serve((request, response) => {
    visits.push(String(request.url))
    response.end('private')
  })
})

afterEach(async () => {
  await gateway.close()
  neighbour.close()
})

async function serve(listener: RequestListener): Promise<Server> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

const portOf = (server: Server) => (server.address() as AddressInfo).port

async function open(destinations: string[], cameras = {}): Promise<void> {
  gateway = await createGateway({ destinations, cameras: { fixed: 'test:smpte', ...cameras } })
  await gateway.listen(0)
}

async function send(method: string, path: string, body: unknown): Promise<{ status: number; text: string }> {
  const headers = { 'Content-Type': 'application/json' }
  const answer = await fetch(`http://127.0.0.1:${gateway.address.port}${path}`, { method, headers, body: JSON.stringify(body) })
  return { status: answer.status, text: await answer.text() }
}

it('a camera of the API does not lead to this machine, in whatever way its address is written', async () => {
  await open([])
  const port = portOf(neighbour)
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '2130706433', '0x7f000001', '127.1', '[::ffff:7f00:1]']) {
    const settings = { id: 'probe', url: `http://${host}:${port}/` }
    const { status, text } = await send('POST', '/api/cameras', settings)
    expect([host, status, text]).toEqual([host, 422, expect.stringContaining('is not connected to')])
    expect([host, (await send('POST', '/api/diagnose', settings)).status]).toEqual([host, 422])
  }
  expect(visits).toEqual([])
})

it('a camera that is permitted leads no further when it refers to another address', async () => {
  await open(['127.0.0.1'])
  const camera = await serve((_, response) =>
    response.writeHead(302, { Location: `http://[::1]:${portOf(neighbour)}/redirected` }).end(),
  )
  expect((await send('POST', '/api/cameras', { id: 'door', url: `http://127.0.0.1:${portOf(camera)}/` })).status).toBe(201)
  await vi.waitFor(() => expect(gateway.camera('door').status()).toMatchObject({ state: 'offline', reason: 'refused' }), 15_000)
  const { text } = await send('POST', '/api/cameras/door/diagnose', {})
  expect(text).toContain('may not be at this address')
  expect(visits).toEqual([])
  camera.close()
})

it('no camera is the gateway itself, and one of the file may be on this machine', async () => {
  await open(['127.0.0.1'], { beside: `http://127.0.0.1:${portOf(neighbour)}/beside` })
  await vi.waitFor(() => expect(visits).toContain('/beside'), 15_000)
  const own = `http://127.0.0.1:${gateway.address.port}/camera/fixed`
  const { status, text } = await send('POST', '/api/cameras', { id: 'mirror', url: own })
  expect([status, text]).toEqual([422, expect.stringContaining('it is this gateway itself')])
})
