import { beforeAll, describe, expect, it, vi } from 'vitest'
import { type Clip, loadClip } from '../../test/fake-camera/clip.ts'
import { startFakeCamera } from '../../test/fake-camera/fake-camera.ts'
import { watchSource } from '../../test/fake-camera/watched-source.ts'
import { requirePeer } from '../../test/peers/required.ts'

const SOON = { timeout: 10_000, interval: 10 }

describe.runIf(requirePeer('ffmpeg'))('the audio of a fake camera', () => {
  let clip: Clip
  beforeAll(async () => {
    clip = await loadClip({ width: 320, height: 180, fps: 30, frames: 30, gop: 10, bitrate: 600_000 })
  }, 60_000)

  it.each(['tcp', 'udp'] as const)('is received beside the video over %s, and reported on', async (transport) => {
    await using camera = await startFakeCamera({ clip, audio: true })
    await using watched = watchSource({ url: camera.url, transport, options: { receiverReportMs: 50 } })
    await vi.waitFor(() => expect(watched.audio.length).toBeGreaterThan(20), SOON)
    await vi.waitFor(() => expect(camera.requests.filter((method) => method === 'RTCP').length).toBeGreaterThan(3), SOON)
    expect(watched.audio[0]).toMatchObject({ track: { codec: 'pcma', sampleRate: 8000, channels: 1 } })
    expect(watched.audio.every(({ data }) => data.equals(Buffer.alloc(160, 0xd5)))).toBe(true)
    for (const { track } of watched.packets) expect(track.codec).toBe('h264')
    expect(watched.source.statistics).toMatchObject({ packetsMalformed: 0, unitsDropped: 0 })
    expect(camera.requests.filter((method) => method === 'SETUP')).toHaveLength(2)
  })

  it('may be G.726', async () => {
    await using camera = await startFakeCamera({
      clip,
      audio: true,
      editSdp: (sdp) => sdp.replace('PCMA/8000/1', 'G726-32/8000'),
    })
    await using watched = watchSource({ url: camera.url })
    await vi.waitFor(() => expect(watched.audio[0]?.track).toMatchObject({ codec: 'g726', bitsPerSample: 4 }), SOON)
  })

  it.each([404, 454, 461, 500, 'silence', 'hang-up'] as const)(
    'may be refused (%s): the video comes all the same',
    async (audioSetup) => {
      await using camera = await startFakeCamera({ clip, audio: true, audioSetup })
      await using watched = watchSource({ url: camera.url, options: { answerMs: 500 } })
      await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(10), SOON)
      expect(watched.audio).toEqual([])
      expect(camera.connections).toBe(1)
    },
  )

  it('is not asked for where nobody takes it, nor where its codec is unknown', async () => {
    await using camera = await startFakeCamera({ clip, audio: true, editSdp: (sdp) => sdp.replace('PCMA/8000', 'MPA/90000') })
    await using watched = watchSource({ url: camera.url })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(3), SOON)
    expect(camera.requests.filter((method) => method === 'SETUP')).toHaveLength(1)
  })

  it('does not count as video', async () => {
    await using camera = await startFakeCamera({ clip, audio: true })
    await using watched = watchSource({ url: camera.url })
    await vi.waitFor(() => expect(watched.audio.length).toBeGreaterThan(3), SOON)
    camera.misbehave('video-dead')
    await new Promise((resolve) => setTimeout(resolve, 100))
    const [pictures, sounds] = [watched.packets.length, watched.audio.length]
    await vi.waitFor(() => expect(watched.audio.length).toBeGreaterThan(sounds + 20), SOON)
    expect(watched.packets).toHaveLength(pictures)
  })
})
