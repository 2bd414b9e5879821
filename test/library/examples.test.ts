import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { freePort, type GatewayProcess, startGatewayProcess } from '../e2e/gateway-process.ts'
import { JpegDecoder } from '../e2e/jpeg-pixels.ts'
import { MjpegReader } from '../e2e/mjpeg-reader.ts'
import { requirePeer } from '../peers/required.ts'

const run = promisify(execFile)
const examples = join(import.meta.dirname, '../../examples')
const decoder = new JpegDecoder()
// The system's Python: its packages come from the distribution.
const PYTHON = '/usr/bin/python3'

let example: ChildProcess | undefined

afterEach(async () => {
  if (example?.exitCode === null) {
    example.kill('SIGTERM')
    await once(example, 'exit')
  }
  example = undefined
})

describe('an example in a server of its own', () => {
  it('http: the whole gateway below a path, and pictures alone on another', async () => {
    const url = await start('http/main.ts')
    await expectLive(`${url}/live`, 320)
    await expectLive(`${url}/cameras/camera/1`, 640)
    expect(await (await fetch(`${url}/cameras/status`)).json()).toMatchObject({ '1': { state: 'live' } })
    const page = await fetch(`${url}/cameras`, { headers: { accept: 'text/html' } })
    const link = /href="([^"]*camera\/1[^"]*)"/.exec(await page.text())?.[1] ?? ''
    await expectLive(new URL(link, page.url).href, 640)
    await expectEnd()
  })

  it('express: live pictures, one picture, the gateway, and errors with their status', async () => {
    const url = await start('express/main.ts')
    await expectLive(`${url}/live/1`, 640)
    await expectPicture(`${url}/picture/1`, 320)
    expect(await (await fetch(`${url}/cameras/status`)).json()).toMatchObject({ '1': { state: 'live' } })
    expect((await fetch(`${url}/live/2`)).status).toBe(404)
    expect((await fetch(`${url}/picture/2`)).status).toBe(404)
    await expectEnd()
  })

  it('fastify: a plug-in that ends with its server, live viewers and all', async () => {
    const url = await start('fastify/main.ts')
    await expectLive(`${url}/cameras/1`, 640)
    await expectPicture(`${url}/cameras/1/snapshot`, 640)
    expect(await (await fetch(`${url}/cameras`)).json()).toMatchObject([{ id: '1', state: 'live' }])
    expect((await fetch(`${url}/cameras/2`)).status).toBe(404)
    using viewer = new MjpegReader(`${url}/cameras/1`)
    await vi.waitFor(() => expect(viewer.pictures.length).toBeGreaterThan(0), { timeout: 10_000 })
    await expectEnd()
  })
})

describe('an example without a server', () => {
  it('save-picture: leaves a picture behind, and ends', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'atalaya-'))
    await run(process.execPath, [join(examples, 'save-picture/main.ts')], { cwd: folder, timeout: 15_000 })
    expect(decoder.decode(await readFile(join(folder, 'picture.jpg')))).toMatchObject({ width: 640, height: 360 })
    await rm(folder, { recursive: true })
  })
})

describe('an example in Python', () => {
  let gateway: GatewayProcess

  beforeAll(async () => {
    gateway = await startGatewayProcess()
  })
  afterAll(() => gateway[Symbol.asyncDispose]())

  it.runIf(requirePeer('django'))('django: a page with a live camera', async () => {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    await startPython(['django/live_camera.py', 'runserver', '--noreload', `127.0.0.1:${port}`], url)
    await expectEmbedded(url)
  })

  it.runIf(requirePeer('flask'))('flask: a page with a live camera, and a single picture', async () => {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    await startPython(['flask/app.py'], url, { PORT: String(port) })
    await expectEmbedded(url)
    await expectPicture(`${url}/small/1`, 160)
  })

  it.runIf(requirePeer('opencv'))('opencv: reads pictures', async () => {
    const { stdout } = await run(PYTHON, [join(examples, 'opencv/count_pictures.py'), `${gateway.url}/camera/1`, '5'], {
      timeout: 20_000,
    })
    expect(stdout.trim().split('\n')).toHaveLength(5)
    expect(stdout).toContain('5 320x180 brightness')
  })

  function startPython([script = '', ...args]: string[], url: string, env: Record<string, string> = {}): Promise<void> {
    const environment = { ...env, ATALAYA_URL: gateway.url, PYTHONDONTWRITEBYTECODE: '1' }
    return answered(launch(PYTHON, [join(examples, script), ...args], environment), url)
  }

  /** The page holds the address of a picture that is live. */
  async function expectEmbedded(url: string): Promise<void> {
    const page = await (await fetch(url)).text()
    const source = /<img src="([^"]+)" alt="Camera 1">/.exec(page)?.[1] ?? ''
    expect(source).toBe(`${gateway.url}/camera/1?width=640`)
    await expectLive(source, 640)
  }
})

async function start(script: string): Promise<string> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  await answered(launch(process.execPath, [join(examples, script)], { PORT: String(port), CAMERA: 'test:clock' }), url)
  return url
}

function launch(command: string, args: readonly string[], env: Record<string, string>): () => string {
  let output = ''
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (text) => (output += String(text)))
  example = child
  return () => output
}

async function answered(output: () => string, url: string): Promise<void> {
  await vi.waitFor(
    async () => {
      if (example?.exitCode !== null) throw new Error(`the example ended: ${output()}`)
      expect((await fetch(url)).status).toBe(200)
    },
    { timeout: 15_000 },
  )
}

async function expectLive(url: string, width: number): Promise<void> {
  using viewer = new MjpegReader(url)
  await vi.waitFor(() => expect(viewer.distinct).toBeGreaterThan(2), { timeout: 10_000 })
  expect(viewer.failure).toBeUndefined()
  for (const { data } of viewer.pictures) expect(decoder.decode(data)).toMatchObject({ width })
}

async function expectPicture(url: string, width: number): Promise<void> {
  const response = await fetch(url)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
  expect(decoder.decode(Buffer.from(await response.arrayBuffer()))).toMatchObject({ width })
}

/** A service manager ends it, and it ends in order. */
async function expectEnd(): Promise<void> {
  example?.kill('SIGTERM')
  if (example) expect(await once(example, 'exit')).toEqual([0, null])
}
