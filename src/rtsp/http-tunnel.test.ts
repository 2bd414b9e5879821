import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { makeCertificate } from '../../test/deployment/make-certificate.ts'
import { type Clip, loadClip } from '../../test/fake-camera/clip.ts'
import { type FakeCameraSettings, startFakeCamera } from '../../test/fake-camera/fake-camera.ts'
import { pictureNumber, watchSource } from '../../test/fake-camera/watched-source.ts'
import { requirePeer } from '../../test/peers/required.ts'

const SOON = { timeout: 10_000, interval: 10 }
const credentials = { user: 'admin', password: 'p@ss:w#rd' }

describe.runIf(requirePeer('ffmpeg'))('RTSP inside HTTP', () => {
  let clip: Clip
  beforeAll(async () => {
    clip = await loadClip({ width: 320, height: 180, fps: 30, frames: 30, gop: 10, bitrate: 600_000 })
  }, 60_000)

  const logins: [string, Partial<FakeCameraSettings>][] = [
    ['nobody to log in', {}],
    ['a login by Basic', { credentials, auth: 'basic' }],
    ['a login by Digest', { credentials, qop: true }],
    ['a login by Digest with SHA-256', { credentials, qop: true, algorithm: 'SHA-256' }],
    ['a nonce for every request', { credentials, nonceUses: 1 }],
  ]
  it.each(logins)('brings every picture, with %s at both halves of the tunnel', async (_, settings) => {
    await using camera = await startFakeCamera({ clip, ...settings })
    const watched = watchSource({ url: camera.url, transport: 'http', ...(settings.credentials && { credentials }) })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(12), SOON)
    const numbers = watched.packets.map((packet) => pictureNumber(clip, packet))
    expect(numbers).toEqual(numbers.map((_number, i) => ((numbers[0] ?? 0) + i) % 30))
    expect(watched.source.visit?.transport).toBe('http')
    await watched.stop()
    expect(camera.requests.at(-1)).toBe('TEARDOWN')
    await vi.waitFor(() => expect(camera.connections).toBe(0), SOON)
  })

  it('is encrypted at rtsps://, and its certificate is checked', async () => {
    await using camera = await startFakeCamera({ clip, tls: makeCertificate() })
    await using watched = watchSource({ url: camera.url, transport: 'http', tls: { verify: false } })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(3), SOON)
    const wary = watchSource({ url: camera.url, transport: 'http' })
    await expect(wary.ended).rejects.toMatchObject({ code: 'untrusted' })
  })

  it('goes on with another POST when the camera closes the one it hears by', async () => {
    await using camera = await startFakeCamera({ clip, tunnel: { requestsPerPost: 4 }, sessionTimeout: 1, enforcesTimeout: true })
    const options = { keepaliveMarginMs: 700 }
    await using watched = watchSource({ url: camera.url, transport: 'http', options })
    const posts = () => camera.requests.filter((method) => method === 'HTTP POST').length
    await vi.waitFor(() => expect(posts()).toBeGreaterThan(1), SOON)
    const before = watched.packets.length
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(before + 40), SOON)
  })

  it('gives a wrong password up after trying it once', async () => {
    await using camera = await startFakeCamera({ clip, credentials })
    const wrong = { user: 'admin', password: 'hunter2' }
    const watched = watchSource({ url: camera.url, transport: 'http', credentials: wrong })
    await expect(watched.ended).rejects.toMatchObject({ code: 'auth_failed' })
    expect(camera.requests).toEqual(['HTTP GET', 'HTTP GET'])
    await vi.waitFor(() => expect(camera.connections).toBe(0), SOON)
  })

  it.each([
    [{ status: 404 }, 'stream_not_found'],
    [{ status: 503 }, 'busy'],
    [{ status: 405 }, 'unsupported'],
    [{ contentType: 'text/html' }, 'unsupported'],
  ])('turns the answer %j into %s', async (tunnel, code) => {
    await using camera = await startFakeCamera({ clip, tunnel })
    await expect(watchSource({ url: camera.url, transport: 'http' }).ended).rejects.toMatchObject({ code })
    await vi.waitFor(() => expect(camera.connections).toBe(0), SOON)
  })

  it('ends when the camera dies, with a reason', async () => {
    await using camera = await startFakeCamera({ clip })
    const watched = watchSource({ url: camera.url, transport: 'http' })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(0), SOON)
    await camera.kill()
    await expect(watched.ended).rejects.toMatchObject({ code: 'closed' })
    await expect(watchSource({ url: camera.url, transport: 'http' }).ended).rejects.toMatchObject({ code: 'refused' })
  })

  it('lets go at once while the camera says nothing', async () => {
    const server = createServer(() => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const watched = watchSource({ url: `rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/`, transport: 'http' })
    await new Promise((resolve) => server.once('request', resolve))
    const begun = performance.now()
    await watched.stop()
    expect(performance.now() - begun).toBeLessThan(100)
    server.closeAllConnections()
    server.close()
  })
})
