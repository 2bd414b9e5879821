import { beforeAll, describe, expect, it, vi } from 'vitest'
import { type Clip, loadClip } from '../../test/fake-camera/clip.ts'
import { startFakeCamera } from '../../test/fake-camera/fake-camera.ts'
import { loadJpegClip } from '../../test/fake-camera/jpeg-clip.ts'
import { RTSP_MODES, rtspModes } from '../../test/fake-camera/modes.ts'
import { TIMESTAMP_STYLES } from '../../test/fake-camera/timestamps.ts'
import { nalTypes, pictureNumber, type WatchedSource, watchSource } from '../../test/fake-camera/watched-source.ts'
import { requirePeer } from '../../test/peers/required.ts'

const SOON = { timeout: 10_000, interval: 10 }
const FRAMES = 30
const JPEG_SIZE = { width: 320, height: 192, fps: 30 }
const H265_SIZE = { width: 320, height: 192, fps: 30, frames: FRAMES, gop: 10, bitrate: 600_000 }

describe.runIf(requirePeer('ffmpeg'))('an RTSP source understands', () => {
  let clip: Clip
  let larger: Clip
  beforeAll(async () => {
    clip = await loadClip({ width: 320, height: 180, fps: 30, frames: FRAMES, gop: 10, bitrate: 600_000 })
    larger = await loadClip({ width: 480, height: 272, fps: 30, frames: FRAMES, gop: 10, bitrate: 600_000 })
  }, 60_000)

  const atLeast = (count: number, watched: WatchedSource) =>
    vi.waitFor(() => expect(watched.packets.length).toBeGreaterThanOrEqual(count), SOON)

  const expectEveryPicture = ({ packets }: WatchedSource) => {
    const numbers = packets.map((packet) => pictureNumber(clip, packet))
    expect(numbers).toEqual(numbers.map((_, i) => ((numbers[0] ?? 0) + i) % FRAMES))
  }

  const understood = [...rtspModes()].filter(([, { fault, network, refusedAs }]) => !(fault || network || refusedAs))
  it.concurrent.each(understood)('one with the manners of %s', async (_, { settings = {} }) => {
    await using camera = await startFakeCamera({ clip, fps: 100, ...settings })
    await using watched = watchSource({ url: camera.url, ...(settings.credentials && { credentials: settings.credentials }) })
    await atLeast(12, watched)
    expectEveryPicture(watched)
    for (const packet of watched.packets) if (packet.keyframe) expect(nalTypes(packet).slice(0, 2)).toEqual([7, 8])
    for (const track of watched.tracks) expect(track).toEqual({ codec: 'h264', width: 320, height: 180, fps: expect.any(Number) })
    expect(watched.source.statistics).toMatchObject({ packetsLost: 0, packetsMalformed: 0, unitsDropped: 0, resyncs: 0 })
  })

  it('the query before the track, where it is asked for as Amcrest cameras want it', async () => {
    await using camera = await startFakeCamera({ clip, ...RTSP_MODES.requests['query-path'].settings })
    await using watched = watchSource({ url: camera.url })
    await atLeast(1, watched)
    expect(camera.uris[camera.requests.indexOf('SETUP')]).toBe(`${camera.url}/trackID=0`)
  })

  it.each([
    ['h265', 'tcp'],
    ['h265', 'udp'],
    ['jpeg', 'tcp'],
    ['jpeg', 'udp'],
  ] as const)('%s over %s, and hands over every picture whole', async (codec, transport) => {
    const other = codec === 'jpeg' ? await loadJpegClip(JPEG_SIZE) : await loadClip({ ...H265_SIZE, codec })
    await using camera = await startFakeCamera({ clip: other, fps: 60 })
    await using watched = watchSource({ url: camera.url, transport })
    await atLeast(25, watched)
    const { width, height, units } = other
    expect(watched.tracks).toEqual([{ codec, width, height, fps: expect.any(Number) }])
    expect(watched.packets[0]?.keyframe).toBe(true)
    // Of a JPEG that comes by RTP the scan is the same, and the header is made anew.
    const essence = (unit: readonly Buffer[]) => unit.at(-1)?.subarray(codec === 'jpeg' ? -400 : 2, -2)
    const numbers = watched.packets.map(({ data }) => units.findIndex((unit) => Buffer.from(data).includes(essence(unit) ?? '?')))
    expect(numbers).toEqual(numbers.map((_, i) => ((numbers[0] ?? 0) + i) % units.length))
    expect(watched.source.statistics).toMatchObject({ packetsLost: 0, packetsMalformed: 0, unitsDropped: 0, resyncs: 0 })
  })

  it('parameter sets of another size in the description, where the right ones come with the video', async () => {
    await using camera = await startFakeCamera({ clip, fps: 100, describedClip: larger })
    await using watched = watchSource({ url: camera.url })
    await atLeast(12, watched)
    expectEveryPicture(watched)
    expect(watched.packets.every(({ track }) => track.width === 320)).toBe(true)
  })

  it('a size that is changed in the camera while it plays', async () => {
    await using camera = await startFakeCamera({ clip, fps: 100 })
    await using watched = watchSource({ url: camera.url })
    await atLeast(5, watched)
    camera.play(larger)
    await vi.waitFor(() => expect(watched.packets.at(-1)?.track.width).toBe(480), SOON)
    for (const packet of watched.packets) expect(pictureNumber(packet.track.width === 480 ? larger : clip, packet)).toBeDefined()
  })

  it.concurrent.each(TIMESTAMP_STYLES)('timestamps that misbehave: %s', async (timestamps) => {
    await using camera = await startFakeCamera({ clip, timestamps })
    await using watched = watchSource({ url: camera.url })
    await atLeast(75, watched)
    expectEveryPicture(watched)
    const { packets, arrivals } = watched
    packets.slice(1).forEach((packet, i) => {
      expect(packet.dts).toBeGreaterThan(packets[i]?.dts ?? 0)
    })
    // The pictures of the last second are dated by the time they came, and the line grows as time does.
    packets.slice(-30).forEach(({ capturedAt }, i) => {
      const age = (arrivals[packets.length - 30 + i]?.at ?? 0) - capturedAt
      expect(age).toBeGreaterThanOrEqual(0)
      expect(age).toBeLessThan(400_000)
    })
    const [before, last] = [packets.at(-31), packets.at(-1)]
    expect(((last?.pts ?? 0) - (before?.pts ?? 0)) / 1e6).toBeCloseTo(1, 0)
  })

  it.each(['garbage', 'cut-packets'] as const)('a stream with %s in it, as far as it can be', async (fault) => {
    await using camera = await startFakeCamera({ clip, fps: 100, payloadBytes: 400 })
    await using watched = watchSource({ url: camera.url })
    await atLeast(5, watched)
    camera.misbehave(fault)
    await vi.waitFor(() => expect(watched.source.statistics?.resyncs).toBeGreaterThan(2), SOON)
    camera.resume()
    const before = watched.packets.length
    await atLeast(before + 20, watched)
    for (const packet of watched.packets) expect(pictureNumber(clip, packet)).toBeDefined()
  })
})
