import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type GatewayProcess, startGatewayProcess } from '../e2e/gateway-process.ts'

const CANARY = 'canary0123'

let folder: string
let local: string
const said: string[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-added-'))
  local = join(folder, 'atalaya.local.yaml')
  await writeFile(join(folder, 'atalaya.yaml'), 'destinations: [127.0.0.1]\ncameras: { fixed: test:smpte }\n')
})

afterEach(() => rm(folder, { recursive: true, force: true }))

const start = () => startGatewayProcess({ args: ['--config', join(folder, 'atalaya.yaml'), '--log-level', 'debug'] })

async function send(gateway: GatewayProcess, method: string, path: string, body?: unknown): Promise<Response> {
  const answer = await fetch(gateway.url + path, {
    method,
    ...(body !== undefined && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  })
  said.push(await answer.clone().text())
  return answer
}

/** Collects the events until the gateway ends. */
async function listen(gateway: GatewayProcess): Promise<void> {
  const answer = await fetch(`${gateway.url}/api/events`)
  for await (const part of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) said.push(part)
}

it('cameras of the API show pictures, outlive the program, and go; a password is told nobody', { timeout: 60_000 }, async () => {
  {
    await using gateway = await start()
    const listening = listen(gateway)
    const answer = await send(gateway, 'POST', '/api/cameras', { id: 'clock', url: 'test:clock', name: 'Reloj' })
    expect([answer.status, answer.headers.get('location')]).toEqual([201, '/api/cameras/clock'])
    const picture = await fetch(`${gateway.url}/camera/clock/snapshot?wait=15`)
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    await send(gateway, 'POST', '/api/cameras', { id: 'door', url: `rtsp://admin:${CANARY}@127.0.0.1:1/live?token=${CANARY}` })
    await vi.waitFor(async () =>
      expect(await (await send(gateway, 'GET', '/status')).json()).toMatchObject({ door: { state: 'offline' } }),
    )
    await send(gateway, 'POST', '/api/cameras', { id: 'x', url: `rtsp://admin:${CANARY}@[`, password: CANARY, nmae: CANARY })
    await send(gateway, 'PUT', '/api/cameras/door', { url: 'rtsp://127.0.0.1:2/1' })
    for (const path of ['/', '/metrics', '/api/cameras', '/api/cameras/door', '/camera/door/snapshot'])
      await send(gateway, 'GET', path)
    expect((await stat(local)).mode & 0o777).toBe(0o600)
    expect(await readFile(local, 'utf8')).toContain(CANARY)
    gateway.signal('SIGTERM')
    await listening
    await gateway.ended()
    said.push(gateway.output)
  }
  {
    await using gateway = await start()
    const { cameras } = (await (await send(gateway, 'GET', '/api/cameras')).json()) as { cameras: { id: string; name: string }[] }
    expect(cameras.map(({ id, name }) => [id, name])).toEqual([
      ['fixed', 'fixed'],
      ['clock', 'Reloj'],
      ['door', 'door'],
    ])
    expect(await (await send(gateway, 'GET', '/api/cameras/door')).json()).toMatchObject({ hasPassword: true, source: 'local' })
    expect((await fetch(`${gateway.url}/camera/clock/snapshot?wait=15`)).status).toBe(200)
    expect((await send(gateway, 'DELETE', '/api/cameras/clock')).status).toBe(204)
    expect((await send(gateway, 'DELETE', '/api/cameras/door')).status).toBe(204)
    expect((await send(gateway, 'DELETE', '/api/cameras/fixed')).status).toBe(409)
    expect((await send(gateway, 'GET', '/camera/clock')).status).toBe(404)
    expect(await readFile(local, 'utf8')).not.toContain(CANARY)
    said.push(gateway.output)
  }
  const told = said.join('\n')
  expect(told).toContain('event: config')
  expect(said.filter((text) => text.includes(CANARY))).toEqual([])
  expect(await readFile(join(folder, 'atalaya.yaml'), 'utf8')).toBe('destinations: [127.0.0.1]\ncameras: { fixed: test:smpte }\n')
})
