import { beforeAll, describe, expect, it, vi } from 'vitest'
import { type Clip, loadClip } from '../../test/fake-camera/clip.ts'
import { type FakeCameraSettings, startFakeCamera } from '../../test/fake-camera/fake-camera.ts'
import { pictureNumber, type WatchedSource, watchSource } from '../../test/fake-camera/watched-source.ts'
import { requirePeer } from '../../test/peers/required.ts'

const SOON = { timeout: 10_000, interval: 10 }
const FRAMES = 30

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

  const withoutFmtp = (sdp: string) => sdp.replace(/a=fmtp.*\r\n/, '')
  const fmtpOf = (sdp: string) => /a=fmtp.*\r\n/.exec(sdp)?.[0] ?? ''
  const manners: [what: string, settings: Partial<FakeCameraSettings>][] = [
    ['one that wants CSeq spelled as it is', { needsExactCseq: true }],
    ['one that wants to know the name of its client', { needsUserAgent: true }],
    ['one that answers with the number of the request before', { cseq: 'previous' }],
    ['one that answers without a number', { cseq: 'none' }],
    ['one that writes cseq', { cseq: 'lower-case' }],
    ['one that names other channels than it uses', { channel: 8, sendsOn: 0 }],
    ['one that names no channels', { transportHeader: 'RTP/AVP/TCP;unicast' }],
    ['one that names no transport', { transportHeader: '' }],
    ['a base that is a path', { contentBase: '/live/', path: '/live' }],
    ['a base without its slash', { contentBase: '/live', path: '/live' }],
    [
      'control attributes that are whole addresses',
      { editSdp: (sdp) => sdp.replace('trackID=0', 'rtsp://u:p@10.0.0.9/live/trackID=0') },
    ],
    ['no control attributes', { editSdp: (sdp) => sdp.replaceAll(/a=control.*\r\n/g, '') }],
    ['lines that end in a line feed alone', { editSdp: (sdp) => sdp.replaceAll('\r\n', '\n') }],
    ['broken c= lines', { editSdp: (sdp) => sdp.replace('c=IN IP4 0.0.0.0', 'c=IN') }],
    ['parameters under another track', { audio: true, editSdp: (sdp) => withoutFmtp(sdp) + fmtpOf(sdp), parameterSets: 'sdp' }],
    ['no parameters at all', { editSdp: withoutFmtp }],
    [
      'parameter sets that are nonsense',
      { editSdp: (sdp) => sdp.replace(/sprop-parameter-sets=.*/, 'sprop-parameter-sets=AAAA,!!!,=') },
    ],
    [
      'an application track first',
      { editSdp: (sdp) => sdp.replace('m=video', 'm=application 0 RTP/AVP 107\r\na=control:trackID=9\r\nm=video') },
    ],
  ]
  it.each(manners)('%s', async (_, settings) => {
    await using camera = await startFakeCamera({ clip, fps: 100, ...settings })
    await using watched = watchSource({ url: camera.url })
    await atLeast(12, watched)
    expectEveryPicture(watched)
    expect(watched.tracks).toEqual([{ codec: 'h264', width: 320, height: 180, fps: expect.any(Number) }])
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

  const clocks = ['jump-ahead', 'jump-back', 'restart', 'wrap', 'still'] as const
  it.concurrent.each(clocks)('timestamps that misbehave: %s', async (timestamps) => {
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

  it('channels that cannot be as a mistake of the camera', async () => {
    await using camera = await startFakeCamera({ clip, transportHeader: 'RTP/AVP/TCP;unicast;interleaved=1000-1001' })
    await expect(watchSource({ url: camera.url }).ended).rejects.toMatchObject({
      code: 'protocol_error',
      message: expect.stringContaining('interleaved=1000-1001'),
    })
    await vi.waitFor(() => expect(camera.sessions).toBe(0), SOON)
  })
})
