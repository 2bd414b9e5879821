import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import type { ConfigStatus, ReloadReport } from '../../src/api/reload.ts'
import type { ViewerStatus } from '../../src/api/viewer-status.ts'
import { ffmpeg } from '../engine/clips.ts'
import { loadClip } from '../fake-camera/clip.ts'
import { type FakeCamera, startFakeCamera } from '../fake-camera/fake-camera.ts'
import { requirePeer } from '../peers/required.ts'
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts'
import { JpegDecoder } from './jpeg-pixels.ts'
import { MjpegReader } from './mjpeg-reader.ts'

describe.runIf(requirePeer('ffmpeg'))('a configuration that changes while the gateway runs', () => {
  const decoder = new JpegDecoder()
  let cameras: FakeCamera[]
  let gateway: GatewayProcess
  let hall: JpegServer
  let untouched: MjpegReader[]
  let changed: MjpegReader

  const config = (yard: string, more = '') => `destinations: [127.0.0.1]
cameras:
  door: "${url(0)}"
  hall: ${hall?.url}
  yard: { url: "${yard}", name: The yard }
${more}`
  const url = (index: number) => cameras[index]?.url ?? ''
  const configStatus = () => gateway.getJson<ConfigStatus>('/api/config')
  const cameraStates = () => gateway.getJson<Record<string, CameraStatus>>('/status')
  const states = async () => Object.fromEntries(Object.entries(await cameraStates()).map(([id, { state }]) => [id, state]))
  const reload = async () => (await (await gateway.post('/api/config/reload')).json()) as ReloadReport
  const markOf = (reader: MjpegReader | undefined) => {
    const last = reader?.pictures.at(-1)
    return last && decoder.readMark(last.data)?.mark
  }
  beforeAll(async () => {
    const size = { width: 320, height: 180, fps: 15, frames: 150, gop: 15 }
    const clips = await Promise.all([1, 2, 3].map((mark) => loadClip({ ...size, mark })))
    cameras = await Promise.all(clips.map((clip) => startFakeCamera({ clip })))
    hall = await serveJpegs()
    gateway = await startGatewayProcess({ config: config(url(1)) })
    untouched = ['door', 'hall'].map((id) => new MjpegReader(`${gateway.url}/camera/${id}`))
    changed = new MjpegReader(`${gateway.url}/camera/yard`)
    await vi.waitFor(() => expect([markOf(untouched[0]), markOf(changed)]).toEqual([1, 2]), { timeout: 10_000 })
  }, 60_000)

  afterAll(async () => {
    for (const reader of untouched) reader.close()
    changed.close()
    await gateway[Symbol.asyncDispose]()
    for (const camera of cameras) await camera.stop()
    hall.close()
  })

  it('takes effect by itself when its file is replaced; viewers of a changed camera stay on their response', async () => {
    await gateway.writeConfig(config(url(2)))
    await vi.waitFor(() => expect(markOf(changed)).toBe(3), { timeout: 15_000 })
    expect([changed.isClosed, changed.failure]).toEqual([false, undefined])
    await vi.waitFor(() => expect(cameras.map(({ sessions }) => sessions)).toEqual([1, 0, 1]))
    const numbers = changed.pictures.map(({ sequence }) => sequence)
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  })

  it('takes effect at SIGHUP: cameras come and go, names change without a new connection', async () => {
    const { length } = changed.pictures
    await gateway.writeConfig(config(url(2), `  gate: "${url(1)}"\n`).replace('The yard', 'El patio'))
    gateway.signal('SIGHUP')
    await vi.waitFor(async () => expect(await states()).toEqual({ door: 'live', hall: 'live', yard: 'live', gate: 'live' }), {
      timeout: 10_000,
    })
    expect((await cameraStates())['yard']).toMatchObject({
      name: 'El patio',
      reconnects: 0,
    })
    await vi.waitFor(() => expect(changed.pictures.length).toBeGreaterThan(length + 5), { timeout: 5000 })
    await gateway.writeConfig(config(url(2)).replace('The yard', 'El patio'))
    expect((await reload()).cameras).toEqual({ added: [], changed: [], removed: ['gate'], reconnected: [] })
    await vi.waitFor(() => expect(cameras[1]?.sessions).toBe(0))
  })

  it('is refused when it is wrong, with every error at its place, and the former one stays in force', async () => {
    const right = config(url(2)).replace('The yard', 'El patio')
    await gateway.writeConfig(`${right}  shed: { url: "rtsp://10.0.0.1/1", colour: red }\n`)
    const answer = await gateway.post('/api/config/reload')
    expect([answer.status, await answer.json()]).toMatchObject([
      422,
      { error: { code: 'bad_config', problems: [{ path: 'atalaya.yaml:6:37' }] } },
    ])
    expect(await configStatus()).toMatchObject({ state: 'refused', problems: [expect.stringMatching(/^atalaya\.yaml:6:37: /)] })
    expect(await gateway.getJson('/readyz')).toMatchObject({ status: 'ok', config: { state: 'refused' } })
    expect(await states()).toEqual({ door: 'live', hall: 'live', yard: 'live' })
    await gateway.writeConfig(right)
    await vi.waitFor(async () => expect((await configStatus()).state).toBe('in-force'), { timeout: 5000 })
  })

  it('names what takes effect with the next start only, and leaves a camera on hold there', async () => {
    await fetch(`${gateway.url}/stop/yard`)
    await vi.waitFor(() => expect(changed.isClosed).toBe(true))
    await gateway.writeConfig(`basePath: /cams\nlimits: { viewers: 7 }\n${config(url(1))}`)
    expect(await reload()).toMatchObject({
      cameras: { added: [], changed: ['yard'], removed: [], reconnected: ['yard'] },
      settings: ['limits.viewers'],
      needsRestart: ['basePath'],
    })
    expect(await states()).toMatchObject({ yard: 'stopped' })
    await gateway.writeConfig(config(url(1)))
    expect(await reload()).toMatchObject({ settings: ['limits.viewers'], needsRestart: [] })
  })

  it('has cost a camera that was not touched neither its connection nor a picture', async () => {
    expect(untouched.map(({ isClosed, failure }) => [isClosed, failure])).toEqual(untouched.map(() => [false, undefined]))
    expect(cameras[0]?.requests.filter((method) => method === 'DESCRIBE').length).toBeLessThanOrEqual(2) // with a login
    expect(hall.connections).toBe(1)
    const numbers = untouched[1]?.pictures.map(({ sequence }) => sequence) ?? []
    const missing = Math.max(...numbers) - Math.min(...numbers) + 1 - new Set(numbers).size
    // What the viewer was too slow for, on a busy machine, is counted; nothing else may be missing.
    const { viewers } = await gateway.getJson<{ viewers: ViewerStatus[] }>('/api/viewers?camera=hall')
    expect(missing).toBeLessThanOrEqual(viewers[0]?.skipped ?? 0)
    expect(numbers.length).toBeGreaterThan(20)
  })

  it('keeps cameras that the API has added, and reads them again from their own file', async () => {
    const body = JSON.stringify({ id: 'shed', url: url(1), user: 'u', password: 'canary' })
    const headers = { 'Content-Type': 'application/json' }
    expect((await fetch(`${gateway.url}/api/cameras`, { method: 'POST', headers, body })).status).toBe(201)
    await gateway.writeConfig(`defaults: { quality: 60 }\n${config(url(1))}`)
    expect((await reload()).cameras).toMatchObject({ changed: ['door', 'hall', 'yard', 'shed'], removed: [], reconnected: [] })
    expect(await states()).toMatchObject({ shed: expect.stringMatching(/live|connecting/) })
    expect(gateway.output).not.toContain('canary')
  })
})

/** A camera over HTTP that sends one JPEG twenty times a second: its pictures go through the gateway as they are. */
interface JpegServer {
  readonly url: string
  /** So many there were. */
  readonly connections: number
  close(): void
}

async function serveJpegs(): Promise<JpegServer> {
  const jpeg = await ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=size=320x240', '-frames:v', '1', '-f', 'mjpeg', 'pipe:1'])
  let connections = 0
  const server = createServer((_request, response) => {
    connections++
    response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=b' })
    const head = `--b\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`
    const timer = setInterval(() => response.write(Buffer.concat([Buffer.from(head), jpeg, Buffer.from('\r\n')])), 50)
    response.on('close', () => clearInterval(timer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/video`,
    get connections() {
      return connections
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
