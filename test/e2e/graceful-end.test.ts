import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { StuckViewer } from '../../bench/light-viewer.ts'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import { loadClip } from '../fake-camera/clip.ts'
import { type FakeCamera, startFakeCamera } from '../fake-camera/fake-camera.ts'
import { requirePeer } from '../peers/required.ts'
import { descendants, type GatewayProcess, startGatewayProcess } from './gateway-process.ts'
import { MjpegReader } from './mjpeg-reader.ts'

describe.runIf(requirePeer('ffmpeg'))('a gateway that is told to end', { timeout: 60_000 }, () => {
  let camera: FakeCamera
  let gateway: GatewayProcess

  beforeEach(async () => {
    camera = await startFakeCamera({
      clip: await loadClip({ width: 320, height: 180, fps: 20, frames: 100, gop: 20, bitrate: 400_000 }),
    })
    gateway = await startGatewayProcess({ config: `cameras: { door: "${camera.url}" }\n` })
  }, 60_000)

  afterEach(async () => {
    gateway.signal('SIGKILL')
    await gateway.ended()
    await camera[Symbol.asyncDispose]()
  })

  const viewers = async () => (await gateway.getJson<Record<string, CameraStatus>>('/status'))['door']?.viewers

  it('ends every stream on a whole picture, tells pages and cameras, and leaves nothing behind', async () => {
    const readers = ['', '?width=160', '?quality=auto'].map((query) => new MjpegReader(`${gateway.url}/camera/door${query}`))
    const page = new WebSocket(`${gateway.url.replace('http', 'ws')}/api/wall`)
    const gone = once(page, 'close')
    await vi.waitFor(() => expect(readers.every(({ distinct }) => distinct > 3)).toBe(true), { timeout: 20_000 })
    await vi.waitFor(() => expect(page.readyState).toBe(WebSocket.OPEN), { timeout: 20_000 })
    const engines = await descendants(gateway.pid)
    const told = performance.now()
    gateway.signal('SIGTERM')
    expect(await gateway.ended()).toBe(0)
    expect(performance.now() - told).toBeLessThan(10_000)
    expect((await gone)[0]).toBe(1001)
    await vi.waitFor(() => expect(readers.map(({ isClosed }) => isClosed)).toEqual([true, true, true]), { timeout: 20_000 })
    expect(readers.map(({ endedWhole, failure }) => [endedWhole, failure])).toEqual(readers.map(() => [true, undefined]))
    await vi.waitFor(() => expect([camera.sessions, camera.requests.at(-1)]).toEqual([0, 'TEARDOWN']), { timeout: 20_000 })
    expect((await Promise.all(engines.map(descendants))).flat()).toEqual([])
    expect(engines.filter(isRunning)).toEqual([])
    expect(gateway.output).toContain('stopped')
  })

  it('does not wait for one who never reads, nor for one who never finishes a request', async () => {
    using _ = new StuckViewer(`${gateway.url}/camera/door`)
    await vi.waitFor(async () => expect(await viewers()).toBe(1), { timeout: 20_000 })
    await fill()
    const { hostname, port } = new URL(gateway.url)
    const half = connect(Number(port), hostname).on('error', () => half.destroy())
    half.write(`POST /api/cameras HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`)
    expect((await gateway.getJson<{ status: string }>('/readyz')).status).toBe('ok') // that one has arrived before
    gateway.signal('SIGTERM')
    const told = performance.now()
    expect(await gateway.ended()).toBe(0)
    expect(performance.now() - told).toBeLessThan(10_000)
  })

  it('ends at once when it is told twice', async () => {
    for (const engine of await descendants(gateway.pid)) process.kill(engine, 'SIGSTOP')
    gateway.signal('SIGTERM')
    await vi.waitFor(() => expect(gateway.output).toContain('shutting down'), { timeout: 20_000, interval: 5 })
    gateway.signal('SIGTERM')
    expect(await gateway.ended()).toBe(1)
    expect(gateway.output).not.toContain('stopped')
  })

  /** Waits until the one who never reads has a picture in its way. */
  async function fill(): Promise<void> {
    const list = async () => (await gateway.getJson<{ viewers: { skipped: number }[] }>('/api/viewers')).viewers
    await vi.waitFor(async () => expect((await list())[0]?.skipped).toBeGreaterThan(0), { timeout: 20_000 })
  }
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
