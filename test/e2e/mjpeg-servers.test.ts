import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import { loadClip } from '../fake-camera/clip.ts'
import { startFakeCamera } from '../fake-camera/fake-camera.ts'
import { requirePeer } from '../peers/required.ts'
import { descendants, startGatewayProcess } from './gateway-process.ts'
import { JpegDecoder } from './jpeg-pixels.ts'
import { MjpegReader } from './mjpeg-reader.ts'

const SOON = { timeout: 20_000, interval: 50 }
const decoder = new JpegDecoder()

describe('another MJPEG server as a camera', () => {
  it.runIf(requirePeer('motion') && requirePeer('ffmpeg'))('may be motion', { timeout: 60_000 }, async () => {
    const clip = await loadClip({ width: 320, height: 240, fps: 15, frames: 30, gop: 15, bitrate: 600_000 })
    await using camera = await startFakeCamera({ clip })
    await using motion = await startMotion(camera.url)
    await using gateway = await startGatewayProcess({ args: [motion.url] })
    const isLive = async () => (await gateway.getJson<Record<string, CameraStatus>>('/status'))['1']?.state === 'live'
    await vi.waitFor(async () => expect(await isLive()).toBe(true), SOON)
    using reader = new MjpegReader(`${gateway.url}/video`)
    await vi.waitFor(() => expect(reader.distinct).toBeGreaterThan(15), SOON)
    expect(reader.headers['x-rendition']).toBe('320x240 native')
    for (const { data, isNotice } of reader.pictures) if (!isNotice) decoder.decode(data)
    expect(await descendants(gateway.pid)).toEqual([])
  })

  it('may be another gateway, whose pictures arrive byte for byte', { timeout: 30_000 }, async () => {
    await using first = await startGatewayProcess({ args: ['test:clock'] })
    await using second = await startGatewayProcess({ args: [`${first.url}/camera/1`] })
    using near = new MjpegReader(`${first.url}/camera/1`)
    using far = new MjpegReader(`${second.url}/camera/1`)
    await vi.waitFor(() => expect(far.distinct).toBeGreaterThan(20), SOON)
    const known = new Set(near.pictures.map(({ data }) => data.toString('base64')))
    const live = far.pictures.filter(({ isNotice }) => !isNotice).slice(5, -2)
    expect(live.filter(({ data }) => known.has(data.toString('base64'))).length).toBeGreaterThan(live.length * 0.9)
  })
})

/** motion, watching a camera and showing it on a free port of 127.0.0.1; it stores nothing. */
async function startMotion(cameraUrl: string): Promise<AsyncDisposable & { readonly url: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-'))
  const port = await freePort()
  const settings = [
    ...['daemon off', 'setup_mode off', 'log_level 4', `target_dir ${folder}`],
    ...[`netcam_url ${cameraUrl}`, 'width 320', 'height 240', 'framerate 15'],
    ...['picture_output off', 'movie_output off', 'emulate_motion off', 'webcontrol_port 0'],
    ...[`stream_port ${port}`, 'stream_localhost on', 'stream_maxrate 15', 'stream_motion off', 'stream_quality 75'],
  ]
  await writeFile(join(folder, 'motion.conf'), `${settings.join('\n')}\n`)
  const child = spawn('motion', ['-n', '-c', join(folder, 'motion.conf')], { stdio: 'ignore', cwd: folder })
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      await end(child)
      await rm(folder, { recursive: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000)
  await exited
  clearTimeout(timer)
}
