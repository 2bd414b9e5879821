import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { hasFfmpeg } from '../../test/engine/clips.ts'
import { startGstreamerCamera, testPictures } from '../../test/peers/gstreamer-camera.ts'
import { requirePeer } from '../../test/peers/required.ts'
import { sourceFromText } from '../config/camera-source.ts'
import { loadConfig } from '../config/load-config.ts'
import { EnginePool } from '../engine/engine-pool.ts'
import type { Packet, Track } from '../media/packet.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { openSource } from './open-source.ts'

const SOON = { timeout: 10_000, interval: 20 }

describe('a source that libav reads', () => {
  let pool: EnginePool
  beforeAll(() => {
    pool = new EnginePool(SILENT_LOG)
    pool.start()
  })
  afterAll(() => pool[Symbol.asyncDispose]())

  function watch(address: string, isForced = false) {
    const stop = new AbortController()
    const [tracks, packets]: [Track[], Packet[]] = [[], []]
    const parsed = sourceFromText(address)
    const source = parsed.kind === 'rtsp' && isForced ? { ...parsed, ingest: 'libav' as const } : parsed
    const output = { track: (track: Track) => tracks.push(track), packet: (packet: Packet) => packets.push(packet) }
    const ended = openSource({ name: 'it', source }, { engines: pool, log: SILENT_LOG })
      .run(output, stop.signal)
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    return { tracks, packets, ended, stop }
  }

  it.runIf(requirePeer('gstreamer'))('is an RTSP camera with a login, where its own client is not wanted', async () => {
    const [user, password] = ['admin', 'canary#7 %/?']
    const mounts = { '/live': testPictures({ width: 320, height: 180, fps: 25 }) }
    await using camera = await startGstreamerCamera({ mounts, auth: 'digest', user, password })
    const address = camera.url('/live').toString()
    const wrong = await watch(address.replace('://', '://admin:canary8@'), true).ended
    expect(wrong).toMatchObject({ code: 'auth_failed' })
    expect(String(wrong)).not.toContain('canary')
    const login = `${user}:${encodeURIComponent(password)}`
    const { tracks, packets, ended, stop } = watch(address.replace('://', `://${login}@`), true)
    await vi.waitFor(() => expect(packets.length).toBeGreaterThan(10), SOON)
    stop.abort()
    expect(await ended).toBeUndefined()
    expect(tracks[0]).toMatchObject({ codec: 'h264', width: 320, height: 180 })
    expect(packets[0]?.keyframe).toBe(true)
  })

  it.runIf(hasFfmpeg)(
    'is a camera that sends SRT',
    async () => {
      const port = await freePort()
      const picture = ['-re', '-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25', '-c:v', 'libx264', '-g', '10', '-bf', '0']
      const peer = spawn(
        'ffmpeg',
        ['-v', 'error', ...picture, '-pix_fmt', 'yuv420p', '-f', 'mpegts', `srt://127.0.0.1:${port}?mode=listener`],
        { stdio: 'ignore' },
      )
      try {
        const attempts: unknown[] = []
        await vi.waitFor(
          async () => {
            const { packets, ended, stop } = watch(`srt://127.0.0.1:${port}`)
            try {
              await vi.waitFor(() => expect(packets.length).toBeGreaterThan(5), { timeout: 6000 })
            } finally {
              stop.abort()
              attempts.push(await ended)
            }
          },
          { timeout: 15_000, interval: 100 },
        )
      } finally {
        peer.kill('SIGKILL')
      }
    },
    20_000,
  )

  it('that is not there is refused with a reason', async () => {
    const port = await freePort()
    expect(await watch(`rtsp://127.0.0.1:${port}/`, true).ended).toMatchObject({ code: 'refused' })
    expect(await watch(`rtmp://127.0.0.1:${port}/live`).ended).toMatchObject({ code: 'refused' })
  })

  it('finds its file beside the configuration', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'atalaya-file-'))
    await writeFile(join(folder, 'atalaya.yaml'), 'cameras: { film: "file:clips/a.mp4" }\n')
    const { config } = await loadConfig(join(folder, 'atalaya.yaml'), {})
    expect(config.cameras.get('film')?.source).toMatchObject({ kind: 'file', path: join(folder, 'clips/a.mp4') })
    expect(await watch(`file:${folder}/clips/a.mp4`).ended).toMatchObject({ code: 'stream_not_found' })
    await rm(folder, { recursive: true })
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return address && typeof address === 'object' ? address.port : 0
}
