import { setTimeout as reallyWait } from 'node:timers/promises'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Clip, loadClip } from '../../test/fake-camera/clip.ts'
import { type FakeCamera, type FakeCameraSettings, startFakeCamera } from '../../test/fake-camera/fake-camera.ts'
import { FAULTS } from '../../test/fake-camera/faults.ts'
import { MemoryEngines } from '../../test/fakes/memory-engines.ts'
import { cameraConfig } from '../../test/fakes/test-camera.ts'
import { requirePeer } from '../../test/peers/required.ts'
import { parseCameraUrl } from '../lib/camera-url.ts'
import { Secret } from '../lib/secret.ts'
import { RtspSource } from '../sources/rtsp-source.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { Camera } from './camera.ts'

const RIGHT = { user: 'admin', password: 'right' }
const STEP_MS = 500

/** The time of the gateway and of the fake camera is put forward; what goes by network takes its own. */
describe.runIf(requirePeer('ffmpeg'))('a camera that is not well', () => {
  let clip: Clip
  let fake: FakeCamera
  let camera: Camera
  let password: string
  beforeAll(async () => {
    clip = await loadClip({ width: 320, height: 180, fps: 30, frames: 30, gop: 10, bitrate: 600_000 })
  }, 60_000)
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] })
    password = RIGHT.password
  })
  afterEach(async () => {
    const stopped = camera.stop()
    await pass(1000)
    await stopped
    await fake.stop()
    vi.useRealTimers()
  })

  async function start(settings: Partial<FakeCameraSettings> = {}): Promise<void> {
    fake = await startFakeCamera({ clip, fps: 10, ...settings })
    const address = parseCameraUrl(fake.url)
    const openSource = () => {
      const credentials = { user: RIGHT.user, password: new Secret(password) }
      return new RtspSource({ url: address.with({ credentials }), log: SILENT_LOG })
    }
    camera = new Camera(cameraConfig(), { openSource, engines: new MemoryEngines(), log: SILENT_LOG })
    camera.start()
  }

  /** So many milliseconds go by. */
  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await vi.advanceTimersByTimeAsync(STEP_MS)
      await reallyWait(2)
    }
  }

  async function until(state: string, atMostMs: number): Promise<number> {
    for (let passed = 0; passed < atMostMs; passed += STEP_MS) {
      if (camera.status().state === state) return passed
      await pass(STEP_MS)
    }
    expect(camera.status().state).toBe(state)
    return atMostMs
  }

  it('for a wrong password is tried three times in the first minute, then once in five, and at once with the right one', async () => {
    password = 'hunter2'
    await start({ credentials: RIGHT })
    await until('offline', 5000)
    expect(camera.status()).toMatchObject({ state: 'offline', reason: 'auth-failed' })
    await pass(60_000)
    expect(fake.refusedLogins).toBe(3)
    await pass(300_000)
    expect(fake.refusedLogins).toBe(4)
    expect(camera.status()).toMatchObject({ state: 'offline', reason: 'auth-failed' })
    expect(camera.status().lastError).not.toContain('hunter2')
    password = RIGHT.password
    camera.reconnect()
    expect(await until('live', 5000)).toBeLessThanOrEqual(2000)
  })

  const refusals: { method: 'DESCRIBE' | 'SETUP'; status: number }[] = [
    { method: 'SETUP', status: 453 },
    { method: 'DESCRIBE', status: 503 },
    { method: 'DESCRIBE', status: 401 },
  ]
  it.each(refusals)(
    'for a session that lingers is busy, asked every 15 s, and back soon after: $status to $method',
    async (refusal) => {
      await start({ credentials: RIGHT, sessionLimit: { max: 1, lingerMs: 60_000, refusal } })
      await until('live', 5000)
      await fake.kill()
      await fake.revive()
      await until('offline', 5000)
      await pass(5000)
      expect(camera.status()).toMatchObject({ state: 'offline', reason: 'busy' })
      const asked = () => fake.requests.filter((method) => method === 'OPTIONS').length
      const before = asked()
      await pass(30_000)
      expect(asked() - before).toBeLessThanOrEqual(3)
      expect(await until('live', 60_000)).toBeLessThan(45_000)
    },
  )

  const stalls = FAULTS.filter((fault) => ['stall', 'video-dead', 'trickle', 'deaf'].includes(fault))
  it.each(stalls)('for its video is found out within 6 s, and holds one session: %s', async (fault) => {
    await start({ audio: true, senderReportMs: 500 })
    await until('live', 5000)
    fake.misbehave(fault)
    expect(await until('offline', 8000)).toBeLessThanOrEqual(6000)
    expect(camera.status()).toMatchObject({ reason: 'stalled' })
    fake.resume()
    await until('live', 20_000)
    expect(fake.sessions).toBe(1)
  })
})
