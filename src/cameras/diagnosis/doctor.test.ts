import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { type Clip, loadClip } from '../../../test/fake-camera/clip.ts'
import { startFakeCamera } from '../../../test/fake-camera/fake-camera.ts'
import { MemoryEngines } from '../../../test/fakes/memory-engines.ts'
import { cameraConfig, TestCamera } from '../../../test/fakes/test-camera.ts'
import { requirePeer } from '../../../test/peers/required.ts'
import type { Diagnosis } from '../../api/diagnosis.ts'
import { sourceFromText } from '../../config/camera-source.ts'
import { parseCameraUrl } from '../../lib/camera-url.ts'
import { addHuffmanTables } from '../../media/jpeg-tables.ts'
import { SILENT_LOG } from '../../telemetry/log.ts'
import { describeSteps } from './describe-steps.ts'
import { Doctor } from './doctor.ts'
import { inspectCamera } from './inspect-camera.ts'
import { reachHost } from './reach-host.ts'

const CANARY = 'canary7pass'

async function ask(url: string, language: 'en' | 'es' = 'en'): Promise<Diagnosis> {
  using doctor = new Doctor({ engines: new MemoryEngines(), log: SILENT_LOG })
  const { camera } = new TestCamera({ source: sourceFromText(url) })
  const diagnosis = await doctor.diagnose(camera, language)
  expect(JSON.stringify(diagnosis)).not.toContain(CANARY)
  return diagnosis
}

const endOf = ({ steps }: Diagnosis) => steps.at(-1)

/** 16x16 pixels, which nobody decodes here. */
const JPEG = addHuffmanTables(Buffer.from('ffd8ffc0000b080010001001011100ffda0008010100003f0001ffd9', 'hex'))

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

describe.runIf(requirePeer('ffmpeg'))('the doctor', () => {
  let clip: Clip

  beforeAll(async () => {
    clip = await loadClip({ width: 320, height: 180, fps: 30, frames: 30, gop: 10, bitrate: 600_000 })
  }, 60_000)

  it('walks the whole way to the picture of a camera that works, each step timed', async () => {
    await using camera = await startFakeCamera({ clip, credentials: { user: 'admin', password: CANARY } })
    const diagnosis = await ask(camera.url.replace('://', `://admin:${CANARY}@`))
    expect(diagnosis).toMatchObject({ ok: true, live: false })
    expect(diagnosis.steps.map(({ step, ok }) => [step, ok])).toEqual(
      ['name', 'connection', 'protocol', 'login', 'stream', 'codec', 'keyframe', 'picture'].map((step) => [step, true]),
    )
    for (const { ms } of diagnosis.steps) expect(ms).toBeGreaterThanOrEqual(0)
    expect(diagnosis.steps[5]?.message).toContain('H.264 320x180')
    expect(camera.sessions).toBe(0)
  })

  it('walks the way to an HTTP camera too, and tells a page from pictures', async () => {
    const server = createHttpServer(({ url, headers }, response) => {
      if (url === '/page') response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>')
      else if (url === '/gone') response.writeHead(404).end()
      else if (headers.authorization) response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(JPEG)
      else response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end()
    })
    const host = `127.0.0.1:${await listening(server)}`
    const shown = await ask(`http://admin:${CANARY}@${host}/shot`)
    expect(shown.ok).toBe(true)
    expect(shown.steps.map(({ step }) => step).slice(0, 4)).toEqual(['name', 'connection', 'protocol', 'login'])
    expect(shown.steps[2]?.ms).toBeGreaterThan(0)
    expect(shown.steps[3]?.message).toContain('accepted')
    expect(endOf(await ask(`http://${host}/page`))).toMatchObject({
      step: 'stream',
      message: expect.stringContaining('no picture'),
    })
    expect(endOf(await ask(`http://${host}/gone`))).toMatchObject({
      step: 'stream',
      message: expect.stringContaining('no stream'),
    })
    expect(endOf(await ask(`http://${host}/shot`))).toMatchObject({
      step: 'login',
      message: expect.stringContaining('none is configured'),
    })
    server.closeAllConnections()
    server.close()
  })

  it('gives each wrong camera another answer, and the right one', { timeout: 20_000 }, async () => {
    await using camera = await startFakeCamera({ clip, credentials: { user: 'admin', password: 'another' } })
    await using open = await startFakeCamera({ clip, path: '/live' })
    await using odd = await startFakeCamera({ clip, editSdp: (sdp) => sdp.replace('H264/', 'VP8/') })
    const closed = createServer()
    const closedPort = await listening(closed)
    await new Promise((resolve) => closed.close(resolve))
    const page = createHttpServer((_, response) => response.end('<html>'))
    const pagePort = await listening(page)
    const answers = {
      name: endOf(await ask('rtsp://door.invalid/live')),
      port: endOf(await ask(`rtsp://127.0.0.1:${closedPort}/live`)),
      page: endOf(await ask(`rtsp://127.0.0.1:${pagePort}/live`)),
      password: endOf(await ask(camera.url.replace('://', `://admin:${CANARY}@`))),
      noPassword: endOf(await ask(camera.url)),
      path: endOf(await ask(open.url.replace('/live', '/other'))),
      codec: endOf(await ask(odd.url)),
    }
    page.closeAllConnections()
    page.close()
    expect(Object.values(answers).map((step) => step?.ok)).toEqual(Array(7).fill(false))
    expect(Object.fromEntries(Object.entries(answers).map(([name, step]) => [name, step?.step]))).toEqual({
      name: 'name',
      port: 'connection',
      page: 'protocol',
      password: 'login',
      noPassword: 'login',
      path: 'stream',
      codec: 'codec',
    })
    expect(answers.name?.message).toBe('The name door.invalid is not known.')
    expect(answers.page?.advice).toContain('Use the RTSP port')
    expect(new Set(Object.values(answers).map((step) => step?.advice)).size).toBe(7)
  })

  it('tells a camera that is connected and silent from one whose video makes no picture', async () => {
    await using camera = await startFakeCamera({ clip })
    camera.stall()
    const config = cameraConfig({ source: sourceFromText(camera.url) })
    const times = { totalMs: 500, watchMs: 0, clockMs: 0 }
    const parts = { engines: new MemoryEngines(), log: SILENT_LOG }
    const findings = await inspectCamera(config, parts, times, new AbortController().signal)
    expect(describeSteps(findings, config.source, 'en').at(-1)).toMatchObject({ step: 'keyframe', ok: false })
    expect(describeSteps(findings, config.source, 'es').at(-1)?.message).toBe('La cámara está conectada pero no envía vídeo.')
  })

  it('asks a camera once at a time', async () => {
    await using fake = await startFakeCamera({ clip })
    using doctor = new Doctor({ engines: new MemoryEngines(), log: SILENT_LOG })
    const { camera } = new TestCamera({ source: sourceFromText(fake.url) })
    const first = doctor.diagnose(camera, 'en')
    await expect(doctor.diagnose(camera, 'en')).rejects.toMatchObject({ code: 'diagnosis_running' })
    expect(await first).toMatchObject({ ok: true })
    expect(await doctor.diagnose(camera, 'en')).toMatchObject({ ok: true })
  })
})

it('leaves a live camera alone, which may have one session only', async () => {
  using doctor = new Doctor({ engines: new MemoryEngines(), log: SILENT_LOG })
  const test = new TestCamera()
  await test.goLive()
  const diagnosis = await doctor.diagnose(test.camera, 'es')
  expect(diagnosis).toMatchObject({ ok: true, live: true })
  expect(diagnosis.steps[0]).toMatchObject({ ms: null, message: 'La cámara está en vivo; no se le preguntó de nuevo.' })
  await test.camera[Symbol.asyncDispose]()
})

it('says of a host that swallows everything that it does not answer', async () => {
  // Its queue of connections is full and nobody takes them: the kernel answers no further one.
  const program =
    'import socket,time\ns=socket.socket()\ns.bind(("127.0.0.1",0))\ns.listen(0)\nprint(s.getsockname()[1],flush=True)\ntime.sleep(60)'
  const host = spawn('python3', ['-c', program])
  const [line] = (await once(host.stdout, 'data')) as [Buffer]
  const port = Number(line.toString())
  const queue = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => undefined))
  await vi.waitFor(() => expect(queue.some((socket) => !socket.connecting)).toBe(true))
  const reach = await reachHost({ url: parseCameraUrl('rtsp://127.0.0.1'), port }, AbortSignal.timeout(400))
  for (const socket of queue) socket.destroy()
  host.kill()
  expect(reach).toMatchObject({ obstacle: 'silent_host' })
})
