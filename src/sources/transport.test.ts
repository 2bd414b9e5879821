import { beforeAll, describe, expect, it, vi } from 'vitest'
import { type Clip, loadClip } from '../../test/fake-camera/clip.ts'
import { startFakeCamera } from '../../test/fake-camera/fake-camera.ts'
import { PictureLedger } from '../../test/fake-camera/picture-ledger.ts'
import { startRtspRelay } from '../../test/fake-camera/rtsp-relay.ts'
import { pictureNumber, type WatchedSource, watchSource } from '../../test/fake-camera/watched-source.ts'
import { startGstreamerCamera, testPictures } from '../../test/peers/gstreamer-camera.ts'
import { requirePeer } from '../../test/peers/required.ts'
import { RTSP_TIMING } from '../rtsp/rtsp-timing.ts'

const SOON = { timeout: 15_000, interval: 10 }
const FRAMES = 60
const CLIP = { width: 640, height: 360, fps: 30, frames: FRAMES, gop: 30, bitrate: 2_000_000 }

describe.runIf(requirePeer('ffmpeg'))('the way of the video', () => {
  let clip: Clip
  beforeAll(async () => {
    clip = await loadClip(CLIP)
  }, 60_000)

  const expectWholePictures = ({ packets }: WatchedSource) => {
    for (const packet of packets) expect(pictureNumber(clip, packet)).toBeDefined()
  }

  it('is UDP where that is configured, and bears packets in disorder and doubled', async () => {
    await using camera = await startFakeCamera({ clip, fps: 60 })
    await using relay = await startRtspRelay(camera.port, { reorder: 0.2, duplicate: 0.1 })
    await using watched = watchSource({ url: relay.through(camera.url), transport: 'udp' })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(90), SOON)
    const numbers = watched.packets.map((packet) => pictureNumber(clip, packet))
    expect(numbers).toEqual(numbers.map((_number, i) => ((numbers[0] ?? 0) + i) % FRAMES))
    expect(watched.source.reception).toEqual({ transport: 'udp', lostPackets: 0, lostPictures: 0 })
  })

  it('stays UDP where that is configured, shows as much as the keyframes allow, and counts the rest', async () => {
    const short = await loadClip({ ...CLIP, gop: 10 })
    await using camera = await startFakeCamera({ clip: short, fps: 150 })
    await using relay = await startRtspRelay(camera.port, { loss: 0.01 })
    const network = new PictureLedger()
    relay.onPacket = (packet, isLost) => network.note(packet, isLost)
    await using watched = watchSource({ url: relay.through(camera.url), transport: 'udp' })
    await vi.waitFor(() => expect(network.pictures.length).toBeGreaterThan(450), SOON)
    // At rest nothing is under way any more that one side has counted and the other has not.
    camera.stall()
    await untilAtRest(() => network.pictures.length + watched.packets.length)
    for (const packet of watched.packets) expect(pictureNumber(short, packet)).toBeDefined()
    const { transport, lostPackets, lostPictures = 0 } = watched.source.reception ?? {}
    expect(transport).toBe('udp')
    // What gets lost at the very end, no packet behind it tells.
    expect(lostPackets).toBeGreaterThanOrEqual(relay.lost - 2)
    const { sent, whole } = network.sinceFirstShown
    expect(whole).toBeGreaterThan(200)
    // Exactly as many, but for what a busy machine itself loses: at most the rest of a group for a packet.
    expect(Math.abs(watched.packets.length - whole) / sent).toBeLessThan(0.05)
    expect(Math.abs(watched.packets.length + lostPictures - sent) / sent).toBeLessThan(0.05)
  })

  it('is TCP at once where the camera has both', async () => {
    await using camera = await startFakeCamera({ clip })
    await using relay = await startRtspRelay(camera.port, { loss: 0.01 })
    await using watched = watchSource({ url: relay.through(camera.url) })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(3), SOON)
    expect(watched.source.reception).toEqual({ transport: 'tcp', lostPackets: 0, lostPictures: 0 })
  })

  it('changes from UDP to TCP at the second damaged group of pictures', async () => {
    await using camera = await startFakeCamera({ clip, fps: 150, refusesTcp: 1 })
    await using relay = await startRtspRelay(camera.port, {})
    await using watched = watchSource({ url: relay.through(camera.url) })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(30), SOON)
    expect(watched.source.reception?.transport).toBe('udp')
    relay.become({ loss: 0.01 })
    await vi.waitFor(() => expect(watched.source.reception?.transport).toBe('tcp'), SOON)
    const lost = watched.source.reception?.lostPackets
    expect(lost).toBeGreaterThanOrEqual(2)
    const before = watched.packets.length
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(before + 60), SOON)
    expectWholePictures(watched)
    expect(watched.source.reception?.lostPackets).toBe(lost)
    expect(camera.sessions).toBe(1)
  })

  it('changes from UDP to TCP when nothing comes within 3 s', async () => {
    await using camera = await startFakeCamera({ clip, refusesTcp: 1 })
    await using relay = await startRtspRelay(camera.port, { loss: 1 })
    expect(RTSP_TIMING.firstPacketMs).toBe(3000)
    await using watched = watchSource({ url: relay.through(camera.url), options: { firstPacketMs: 300 } })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(0), SOON)
    expect(watched.source.reception?.transport).toBe('tcp')
  })

  it('goes back to UDP when TCP is refused all the same, for lossy pictures are better than none', async () => {
    await using camera = await startFakeCamera({ clip, fps: 150, transports: ['udp'] })
    await using relay = await startRtspRelay(camera.port, { loss: 0.01 })
    await using watched = watchSource({ url: relay.through(camera.url) })
    const setups = () => camera.requests.filter((method) => method === 'SETUP').length
    await vi.waitFor(() => expect(setups()).toBe(4), SOON)
    await vi.waitFor(() => expect(watched.source.visit?.transport).toBe('udp'), SOON)
    const before = watched.packets.length
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(before + 60), SOON)
    expectWholePictures(watched)
    expect(setups()).toBe(4)
  })

  it('says that nothing came by UDP when TCP is refused as well', async () => {
    await using camera = await startFakeCamera({ clip, transports: ['udp'] })
    await using relay = await startRtspRelay(camera.port, { loss: 1 })
    const watched = watchSource({ url: relay.through(camera.url), options: { firstPacketMs: 300 } })
    await expect(watched.ended).rejects.toMatchObject({ code: 'stalled', message: expect.stringContaining('UDP') })
  })

  it('is UDP at a camera that answers a question for TCP with UDP', async () => {
    await using camera = await startFakeCamera({ clip, insistsOnUdp: true })
    await using watched = watchSource({ url: camera.url })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(3), SOON)
    expect(watched.source.reception?.transport).toBe('udp')
    const stubborn = watchSource({ url: camera.url, transport: 'tcp' })
    await expect(stubborn.ended).rejects.toMatchObject({ code: 'unsupported' })
  })
})

describe.runIf(requirePeer('gstreamer'))('the way of the video of GStreamer’s server', () => {
  it('loses nothing that was only in disorder', async () => {
    await using camera = await startGstreamerCamera({ mounts: { '/live': testPictures({ width: 640, height: 360, fps: 30 }) } })
    await using relay = await startRtspRelay(camera.port, { reorder: 0.2 })
    await using watched = watchSource({ url: relay.through(camera.url('/live')), transport: 'udp' })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(60), SOON)
    expect(watched.source.reception).toEqual({ transport: 'udp', lostPackets: 0, lostPictures: 0 })
  })
})

/** Waits until nothing has been counted for longer than a packet may wait for one that it has overtaken. */
async function untilAtRest(count: () => number): Promise<void> {
  const seen = { count: -1, at: 0 }
  const look = () => {
    if (count() !== seen.count) Object.assign(seen, { count: count(), at: performance.now() })
    expect(performance.now() - seen.at).toBeGreaterThan(300)
  }
  await vi.waitFor(look, SOON)
}
