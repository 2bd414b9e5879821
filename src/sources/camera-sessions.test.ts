import { beforeAll, describe, expect, it, vi } from 'vitest'
import { type Clip, loadClip } from '../../test/fake-camera/clip.ts'
import { type FakeCamera, type FakeCameraSettings, startFakeCamera } from '../../test/fake-camera/fake-camera.ts'
import { type WatchedSource, watchSource } from '../../test/fake-camera/watched-source.ts'
import { requirePeer } from '../../test/peers/required.ts'

const SOON = { timeout: 10_000, interval: 10 }
const credentials = { user: 'admin', password: 'secret' }
/** Keepalives five times a second, at a session of one second. */
const options = { keepaliveMarginMs: 800 }

describe.runIf(requirePeer('ffmpeg'))('the session with a camera', () => {
  let clip: Clip
  beforeAll(async () => {
    clip = await loadClip({ width: 320, height: 180, fps: 30, frames: 30, gop: 10, bitrate: 600_000 })
  }, 60_000)

  const count = (camera: FakeCamera, method: string) => camera.requests.filter((each) => each === method).length
  const atLeast = (number: number, watched: WatchedSource) =>
    vi.waitFor(() => expect(watched.packets.length).toBeGreaterThanOrEqual(number), SOON)

  const dialects: [what: string, settings: Partial<FakeCameraSettings>, method: string][] = [
    ['GET_PARAMETER', {}, 'GET_PARAMETER'],
    ['OPTIONS, where GET_PARAMETER is not offered', { methods: 'OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN' }, 'OPTIONS'],
    ['OPTIONS, where GET_PARAMETER is refused', { answers: { GET_PARAMETER: 454 } }, 'OPTIONS'],
    ['SET_PARAMETER, where all else is refused', { answers: { GET_PARAMETER: 405, OPTIONS: 400 } }, 'SET_PARAMETER'],
    ['GET_PARAMETER, at a camera that never answers it', { mute: ['GET_PARAMETER'] }, 'GET_PARAMETER'],
    ['GET_PARAMETER, at a camera that answers with the number of the request before', { cseq: 'previous' }, 'GET_PARAMETER'],
    ['GET_PARAMETER, with a nonce for every request', { credentials, nonceUses: 1 }, 'GET_PARAMETER'],
    [
      'GET_PARAMETER, with a nonce for every request that is not said to be stale',
      { credentials, nonceUses: 1, hidesStale: true },
      'GET_PARAMETER',
    ],
    ['GET_PARAMETER, with counted requests', { credentials, qop: true, nonceUses: 3 }, 'GET_PARAMETER'],
  ]
  it.concurrent.each(dialects)('is kept alive by %s', async (_, settings, method) => {
    await using camera = await startFakeCamera({ clip, sessionTimeout: 1, enforcesTimeout: true, ...settings })
    const login = settings.credentials && { credentials }
    const watched = watchSource({ url: camera.url, ...login, options: { ...options, answerMs: 150 } })
    await vi.waitFor(() => expect(count(camera, 'PLAY')).toBeGreaterThan(0), SOON)
    const before = count(camera, method)
    await atLeast(70, watched)
    expect(count(camera, method)).toBeGreaterThan(before + 1)
    expect(count(camera, 'DESCRIBE')).toBeLessThan(4)
    expect(camera.refusedLogins).toBe(0)
    await watched.stop()
    expect(camera.requests.at(-1)).toBe('TEARDOWN')
    expect(camera.sessions).toBe(0)
  })

  const challenges: [what: string, settings: Partial<FakeCameraSettings>, wrong: number][] = [
    ['SHA-256, where several ways are offered', { algorithm: 'SHA-256' }, 0],
    ['MD5, where SHA-256 is offered and does not work', { algorithm: 'MD5' }, 1],
  ]
  it.each(challenges)('is logged in to by %s', async (_, settings, wrong) => {
    await using camera = await startFakeCamera({ clip, credentials, auth: 'several', qop: true, ...settings })
    await using watched = watchSource({ url: camera.url, credentials })
    await atLeast(3, watched)
    expect(camera.refusedLogins).toBe(wrong)
  })

  it('sends no password in the clear where a digest is offered', async () => {
    await using camera = await startFakeCamera({ clip, credentials, auth: 'several' })
    const watched = watchSource({ url: camera.url, credentials: { user: 'admin', password: 'hunter2' } })
    await expect(watched.ended).rejects.toMatchObject({ code: 'auth_failed' })
    expect(camera.authorizations.map((text) => text.split(' ')[0])).toEqual(['Digest', 'Digest'])
  })

  const full: [what: string, refusal: { method: 'DESCRIBE' | 'SETUP'; status: number }][] = [
    ['453 to SETUP', { method: 'SETUP', status: 453 }],
    ['503 to DESCRIBE', { method: 'DESCRIBE', status: 503 }],
    ['403 to DESCRIBE', { method: 'DESCRIBE', status: 403 }],
    ['401 to SETUP, after a login', { method: 'SETUP', status: 401 }],
  ]
  it.each(full)('is not to be had at a camera whose only one is taken: %s', async (_, refusal) => {
    await using camera = await startFakeCamera({ clip, credentials, sessionLimit: { max: 1, refusal } })
    const first = watchSource({ url: camera.url, credentials })
    await atLeast(1, first)
    await expect(watchSource({ url: camera.url, credentials }).ended).rejects.toMatchObject({ code: 'busy' })
    await first.stop()
    await using next = watchSource({ url: camera.url, credentials })
    await atLeast(1, next)
  })

  it('is given back when it was opened for nothing', async () => {
    await using camera = await startFakeCamera({ clip, sessionLimit: { max: 1, lingerMs: 60_000 }, answers: { PLAY: 500 } })
    await expect(watchSource({ url: camera.url }).ended).rejects.toMatchObject({ code: 'protocol_error' })
    expect(camera.requests.at(-1)).toBe('TEARDOWN')
    await expect(watchSource({ url: camera.url }).ended).rejects.toMatchObject({ code: 'protocol_error' })
  })
})
