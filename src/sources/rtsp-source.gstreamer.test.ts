import { describe, expect, it, vi } from 'vitest'
import { nalTypes, watchSource } from '../../test/fake-camera/watched-source.ts'
import { startGstreamerCamera, testPictures } from '../../test/peers/gstreamer-camera.ts'
import { requirePeer } from '../../test/peers/required.ts'

const SOON = { timeout: 15_000, interval: 20 }
const mounts = { '/live': testPictures({ width: 960, height: 540, fps: 30 }) }

describe.runIf(requirePeer('gstreamer'))('an RTSP source at GStreamer’s server', () => {
  it('receives 30 pictures a second in time, and gives the session back', async () => {
    await using camera = await startGstreamerCamera({ mounts })
    const watched = watchSource({ url: camera.url('/live') })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(75), SOON)
    expect(watched.tracks).toEqual([{ codec: 'h264', width: 960, height: 540, fps: 30 }])
    expect(watched.packets[0]?.keyframe).toBe(true)
    expect(nalTypes(watched.packets[0]!).slice(0, 2)).toEqual([7, 8])
    const steps = watched.packets.slice(1).map(({ pts }, i) => pts - (watched.packets[i]?.pts ?? 0))
    for (const step of steps) expect(step / 1000).toBeCloseTo(1000 / 30, -0.5)
    expect(watched.source.statistics).toMatchObject({ packetsLost: 0, packetsMalformed: 0, unitsDropped: 0, resyncs: 0 })
    expect(await camera.sessions()).toBe(1)
    await watched.stop()
    await vi.waitFor(async () => expect(await camera.sessions()).toBe(0), SOON)
  })

  it('receives every picture over UDP, and frees its ports', async () => {
    await using camera = await startGstreamerCamera({ mounts })
    const watched = watchSource({ url: camera.url('/live'), transport: 'udp' })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(60), SOON)
    expect(watched.source.visit?.transport).toBe('udp')
    expect(watched.packets[0]?.keyframe).toBe(true)
    const steps = watched.packets.slice(1).map(({ pts }, i) => pts - (watched.packets[i]?.pts ?? 0))
    for (const step of steps) expect(step / 1000).toBeCloseTo(1000 / 30, -0.5)
    expect(watched.source.statistics).toMatchObject({ packetsLost: 0, packetsMalformed: 0, unitsDropped: 0 })
    await watched.stop()
    await vi.waitFor(async () => expect(await camera.sessions()).toBe(0), SOON)
  })

  it('receives every picture inside HTTP, with a login, and gives the session back', async () => {
    const credentials = { user: 'admin', password: 'p@ss:w#rd%/? x' }
    await using camera = await startGstreamerCamera({ mounts, auth: 'digest', ...credentials })
    const options = { receiverReportMs: 100 }
    const watched = watchSource({ url: camera.url('/live'), transport: 'http', credentials, options })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(45), SOON)
    expect(watched.source.visit?.transport).toBe('http')
    expect(watched.source.statistics).toMatchObject({ packetsLost: 0, packetsMalformed: 0, unitsDropped: 0, resyncs: 0 })
    expect(await camera.sessions()).toBe(1)
    await watched.stop()
    await vi.waitFor(async () => expect(await camera.sessions()).toBe(0), SOON)
  })

  it.each([
    [
      'h264',
      'x264enc bframes=2 b-adapt=false speed-preset=veryfast key-int-max=12 rc-lookahead=4 ! video/x-h264,profile=main ! rtph264pay config-interval=-1',
    ],
    [
      'h265',
      'x265enc speed-preset=ultrafast key-int-max=12 option-string="bframes=3:b-adapt=0:rc-lookahead=4" ! rtph265pay config-interval=-1',
    ],
  ])('keeps the order of decoding of %s with B-frames, and loses no picture', { timeout: 40_000 }, async (codec, encoder) => {
    const line = `videotestsrc is-live=true ! video/x-raw,width=320,height=180,framerate=25/1 ! ${encoder} name=pay0`
    await using camera = await startGstreamerCamera({ mounts: { '/live': line } })
    await using watched = watchSource({ url: camera.url('/live') })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(30), { ...SOON, timeout: 30_000 })
    const packets = watched.packets.slice()
    expect(packets[0]).toMatchObject({ keyframe: true, track: { codec } })
    const shown = packets.map(({ pts }) => pts)
    const inOrder = shown.toSorted((a, b) => a - b)
    expect(shown).not.toEqual(inOrder)
    for (const [i, { pts, dts }] of packets.entries()) {
      expect(dts).toBeLessThanOrEqual(pts)
      expect(dts).toBeGreaterThan(packets[i - 1]?.dts ?? Number.NEGATIVE_INFINITY)
    }
    // Of the last group some may not have come yet.
    for (const [i, pts] of inOrder.slice(1, -4).entries()) expect((pts - (inOrder[i] ?? 0)) / 1000).toBeCloseTo(40, -0.5)
  })

  it.each([
    ['pcma', 'tcp', 'alawenc ! rtppcmapay', { sampleRate: 8000, channels: 1 }],
    ['aac', 'udp', 'audioconvert ! voaacenc ! rtpmp4gpay', { sampleRate: 44_100 }],
    ['opus', 'tcp', 'opusenc ! rtpopuspay', { sampleRate: 48_000 }],
    ['pcmu', 'udp', 'mulawenc ! rtppcmupay', { sampleRate: 8000, channels: 1 }],
  ] as const)(
    'receives %s beside the video over %s, on one line with it',
    { timeout: 30_000 },
    async (codec, transport, encoder, facts) => {
      const pictures = testPictures({ width: 320, height: 180, fps: 25 })
      const line = `${pictures} audiotestsrc is-live=true ! audioresample ! ${encoder} name=pay1`
      await using camera = await startGstreamerCamera({ mounts: { '/live': line } })
      await using watched = watchSource({ url: camera.url('/live'), transport })
      await vi.waitFor(() => expect(watched.audio.length).toBeGreaterThan(25), SOON)
      await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(25), SOON)
      for (const [i, packet] of watched.audio.entries()) {
        expect(packet.track).toMatchObject({ codec, ...facts })
        expect(packet.data.length).toBeGreaterThan(0)
        expect(packet.pts).toBeGreaterThan(watched.audio[i - 1]?.pts ?? Number.NEGATIVE_INFINITY)
      }
      const [sound, picture] = [watched.audio.at(-1)!, watched.packets.at(-1)!]
      expect(Math.abs(sound.pts - picture.pts) / 1e6).toBeLessThan(2)
      expect(Math.abs(sound.pts - picture.pts - (sound.capturedAt - picture.capturedAt)) / 1000).toBeLessThan(150)
      const seconds = ((watched.audio.at(-1)?.pts ?? 0) - (watched.audio[0]?.pts ?? 0)) / 1e6
      expect(seconds).toBeGreaterThan(0.2)
    },
  )

  it('falls back to UDP where TCP is refused', async () => {
    await using camera = await startGstreamerCamera({ mounts, protocols: 'udp' })
    await using watched = watchSource({ url: camera.url('/live') })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(10), SOON)
    expect(watched.source.visit?.transport).toBe('udp')
    const stubborn = watchSource({ url: camera.url('/live'), transport: 'tcp' })
    await expect(stubborn.ended).rejects.toMatchObject({ code: 'unsupported' })
  })

  it.each(['basic', 'digest'] as const)('logs in by %s', async (auth) => {
    const credentials = { user: 'admin', password: 'p@ss:w#rd%/? x' }
    await using camera = await startGstreamerCamera({ mounts, auth, ...credentials })
    await expect(watchSource({ url: camera.url('/live') }).ended).rejects.toMatchObject({ code: 'auth_failed' })
    const wrong = { user: 'admin', password: 'wrong' }
    await expect(watchSource({ url: camera.url('/live'), credentials: wrong }).ended).rejects.toMatchObject({
      code: 'auth_failed',
    })
    await using watched = watchSource({ url: camera.url('/live'), credentials })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(3), SOON)
  })

  it('tells a path that does not exist from a camera that does not', async () => {
    const camera = await startGstreamerCamera({ mounts })
    await expect(watchSource({ url: camera.url('/nothing') }).ended).rejects.toMatchObject({ code: 'stream_not_found' })
    await camera.stop()
    await expect(watchSource({ url: camera.url('/live') }).ended).rejects.toMatchObject({ code: 'refused' })
  })
})
