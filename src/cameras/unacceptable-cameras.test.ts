import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Clip, loadClip } from '../../test/fake-camera/clip.ts'
import { type FakeCamera, startFakeCamera } from '../../test/fake-camera/fake-camera.ts'
import { startFakeMjpegCamera } from '../../test/fake-camera/mjpeg-camera.ts'
import { mjpegModes } from '../../test/fake-camera/mjpeg-modes.ts'
import { rtspModes } from '../../test/fake-camera/modes.ts'
import { pictureNumber, type WatchedSource, watchSource } from '../../test/fake-camera/watched-source.ts'
import { MemoryEngines } from '../../test/fakes/memory-engines.ts'
import { cameraConfig } from '../../test/fakes/test-camera.ts'
import { requirePeer } from '../../test/peers/required.ts'
import { parseCameraUrl } from '../lib/camera-url.ts'
import { FULL_TRUST_CHECK } from '../lib/tls-trust.ts'
import { HttpSource } from '../sources/http-source.ts'
import { RtspSource } from '../sources/rtsp-source.ts'
import type { Source } from '../sources/source.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { Camera } from './camera.ts'

const SOON = { timeout: 20_000, interval: 10 }
const FRAMES = 30

/** What the status says of each. */
const WORDS: Readonly<Record<string, string>> = {
  'huge-description': '131072 bytes',
  'many-media': 'offers no H.264, H.265 or JPEG video',
  'payload-type-300': 'offers no H.264, H.265 or JPEG video',
  'no-video': 'offers no H.264, H.265 or JPEG video',
  'unknown-codec': 'VP8',
  'redirect-loop': 'more than 3 times',
  'redirect-away': 'is not followed',
  'impossible-channels': '1000-1001',
  huge: '65535x65535',
  page: 'text/html',
  full: '503',
}

describe.runIf(requirePeer('ffmpeg'))('a camera that sends what nobody can take is offline with a reason', () => {
  let clip: Clip
  let neighbour: FakeCamera
  let beside: WatchedSource
  let camera: Camera | undefined
  beforeAll(async () => {
    clip = await loadClip({ width: 320, height: 180, fps: 30, frames: FRAMES, gop: 10, bitrate: 600_000 })
    neighbour = await startFakeCamera({ clip })
    beside = watchSource({ url: neighbour.url })
  }, 60_000)
  afterEach(() => camera?.stop())
  afterAll(async () => {
    await beside?.stop()
    await neighbour?.stop()
  })

  const show = (source: Source) => {
    camera = new Camera(cameraConfig(), { openSource: () => source, engines: new MemoryEngines(), log: SILENT_LOG })
    camera.start()
    return camera
  }
  const rtsp = ({ url }: FakeCamera) => new RtspSource({ url: parseCameraUrl(url), log: SILENT_LOG })

  /** It becomes offline for this reason, costs less than 64 MB, and the camera beside it loses no picture. */
  const expectRefusal = async (source: Source, reason: string, words: string) => {
    const before = usedBytes()
    const shown = show(source)
    await vi.waitFor(() => expect(shown.status().state).toBe('offline'), SOON)
    expect(usedBytes() - before).toBeLessThan(64 * 1024 * 1024)
    expect(shown.status()).toMatchObject({ reason, lastError: expect.stringContaining(words) })
    const count = beside.packets.length
    await vi.waitFor(() => expect(beside.packets.length).toBeGreaterThan(count + 3), SOON)
    const numbers = beside.packets.map((packet) => pictureNumber(clip, packet))
    expect(numbers).toEqual(numbers.map((_, i) => ((numbers[0] ?? 0) + i) % FRAMES))
    expect(neighbour.requests.filter((method) => method === 'DESCRIBE')).toHaveLength(1)
  }

  const refused = [...rtspModes()].filter(([, { refusedAs }]) => refusedAs !== undefined)
  it.each(refused)('over RTSP: %s', async (name, { settings, refusedAs = '' }) => {
    await using fake = await startFakeCamera({ clip, ...settings })
    await expectRefusal(rtsp(fake), refusedAs.replace('_', '-'), WORDS[name] ?? expect.unreachable(`${name} has no words`))
    expect(fake.sessions).toBe(0)
  })

  it.each([...mjpegModes()].filter(([, { refusedAs }]) => refusedAs !== undefined))(
    'over HTTP: %s',
    async (name, { manners, refusedAs = '' }) => {
      await using fake = await startFakeMjpegCamera({ jpegs: [Buffer.from('ffd8ffd9', 'hex')], ...manners })
      const source = new HttpSource({ url: parseCameraUrl(fake.url), tls: FULL_TRUST_CHECK, fps: 5, log: SILENT_LOG })
      await expectRefusal(source, refusedAs.replace('_', '-'), WORDS[name] ?? expect.unreachable(`${name} has no words`))
    },
  )

  it('over RTSP: a fragment that never ends', async () => {
    await using fake = await startFakeCamera({ clip })
    const picture = neverEndingPicture()
    const injecting = setInterval(() => fake.inject(picture), 200)
    await expectRefusal(rtsp(fake), 'protocol-error', '8 MiB').finally(() => clearInterval(injecting))
  })

  it('but the highest channels are none of that', async () => {
    const transportHeader = 'RTP/AVP/TCP;unicast;interleaved=250-251'
    await using fake = await startFakeCamera({ clip, transportHeader, sendsOn: 250 })
    const shown = show(rtsp(fake))
    await vi.waitFor(() => expect(shown.status().state).toBe('live'), SOON)
  })
})

function usedBytes(): number {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return heapUsed + Math.max(external, arrayBuffers)
}

/** Interleaved FU-A packets, the first of which begins an IDR picture that none of the others ends (RFC 6184 section 5.8). */
function neverEndingPicture(): Buffer {
  const packets = Array.from({ length: 150 }, (_, i) => {
    const packet = Buffer.alloc(4 + 12 + 60_000)
    packet.set([0x24, 0, (packet.length - 4) >> 8, (packet.length - 4) & 255, 0x80, 96, i >> 8, i & 255])
    packet.writeUInt32BE(1, 12)
    packet.set([0x7c, i === 0 ? 0x85 : 0x05, 0x88, 0x80], 16)
    return packet
  })
  return Buffer.concat(packets)
}
