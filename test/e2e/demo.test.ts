import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { requirePeer } from '../peers/required.ts'
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts'
import { JpegDecoder } from './jpeg-pixels.ts'
import { MjpegReader } from './mjpeg-reader.ts'

const run = promisify(execFile)

describe('the program without any configuration', () => {
  let gateway: GatewayProcess

  beforeAll(async () => {
    gateway = await startGatewayProcess()
  })
  afterAll(() => gateway[Symbol.asyncDispose]())

  it('says what it shows and where', async () => {
    await vi.waitFor(() => expect(gateway.output).toContain(`${gateway.url}/camera/1`))
    expect(gateway.output).toContain(`${gateway.url}/`)
  })

  it('shows moving test pictures at their nominal rate, each a valid JPEG', async () => {
    using viewer = new MjpegReader(`${gateway.url}/camera/1`)
    await vi.waitFor(() => expect(viewer.pictures.length).toBeGreaterThan(5), { timeout: 10_000 })
    const before = viewer.pictures.length
    const began = performance.now()
    await new Promise((resolve) => setTimeout(resolve, 4000))
    const rate = ((viewer.pictures.length - before) * 1000) / (performance.now() - began)
    expect(rate).toBeGreaterThan(15 * 0.95)
    expect(rate).toBeLessThan(15 * 1.05)
    const decoder = new JpegDecoder()
    const sizes = viewer.pictures.map(({ data }) => decoder.decode(data)).map(({ width, height }) => `${width}x${height}`)
    expect(new Set(sizes)).toEqual(new Set(['640x360']))
    expect(new Set(viewer.pictures.map(({ data }) => data.toString('base64'))).size).toBe(viewer.distinct)
  })

  it('keeps /video and /snapshot, as the service for one camera had them', async () => {
    using viewer = new MjpegReader(`${gateway.url}/video`)
    await vi.waitFor(() => expect(viewer.pictures.length).toBeGreaterThan(1), { timeout: 5000 })
    const snapshot = await fetch(`${gateway.url}/snapshot`)
    expect([snapshot.status, snapshot.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    expect(new JpegDecoder().decode(Buffer.from(await snapshot.arrayBuffer()))).toMatchObject({ width: 640, height: 360 })
  })

  it.runIf(requirePeer('ffmpeg'))('shows colour bars in their true colours', { timeout: 30_000 }, async () => {
    const snapshot = Buffer.from(await (await fetch(`${gateway.url}/camera/2/snapshot?quality=95`)).arrayBuffer())
    const reading = run('ffmpeg', ['-v', 'error', '-i', 'pipe:0', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'], {
      encoding: 'buffer',
    })
    reading.child.stdin?.end(snapshot)
    const { stdout } = await reading
    // The bars of SMPTE RP 219 at 75 %: an eighth of the width on either side is grey, seven bars are between.
    const bars = {
      white: [191, 191, 191],
      yellow: [191, 191, 0],
      cyan: [0, 191, 191],
      green: [0, 191, 0],
      magenta: [191, 0, 191],
      red: [191, 0, 0],
    }
    for (const [index, [name, truth]] of Object.entries(bars).entries()) {
      const at = (70 * 640 + Math.round(80 + (480 / 7) * (index + 0.5))) * 3
      const worst = Math.max(...truth.map((level, channel) => Math.abs(level - (stdout[at + channel] ?? 0))))
      expect(worst, `${name}: ${[...stdout.subarray(at, at + 3)]}`).toBeLessThanOrEqual(6)
    }
  })

  it.runIf(requirePeer('opencv'))('is read by OpenCV', { timeout: 60_000 }, async () => {
    const program = `
import cv2, sys
capture = cv2.VideoCapture(sys.argv[1])
shapes = [capture.read()[1].shape for _ in range(20)]
print(shapes[0], len(set(shapes)))`
    const { stdout } = await run('/usr/bin/python3', ['-c', program, `${gateway.url}/camera/1`], { timeout: 50_000 })
    expect(stdout.trim()).toBe('(360, 640, 3) 1')
  })

  it.runIf(requirePeer('ffmpeg'))('is read by ffmpeg, which finds no fault with it', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'atalaya-'))
    const url = `${gateway.url}/camera/2`
    const { stderr } = await run('ffmpeg', [
      '-v',
      'warning',
      '-xerror',
      '-err_detect',
      'explode',
      '-i',
      url,
      '-frames:v',
      '15',
      join(folder, '%d.png'),
    ])
    expect(stderr.split('\n').filter((line) => line && !line.includes('deprecated pixel format'))).toEqual([])
    expect(await readdir(folder)).toHaveLength(15)
    await rm(folder, { recursive: true })
  })
})
