import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Clip, loadClip } from '../../test/fake-camera/clip.ts'
import { type FakeCamera, type FakeCameraSettings, startFakeCamera } from '../../test/fake-camera/fake-camera.ts'
import { watchSource } from '../../test/fake-camera/watched-source.ts'
import { requirePeer } from '../../test/peers/required.ts'
import { parseCameraUrl } from '../lib/camera-url.ts'
import { FULL_TRUST_CHECK } from '../lib/tls-trust.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { HttpSource } from './http-source.ts'

const SOON = { timeout: 10_000, interval: 10 }

describe.runIf(requirePeer('ffmpeg'))('a camera that sends what nobody can take', () => {
  let clip: Clip
  let neighbour: FakeCamera
  beforeAll(async () => {
    clip = await loadClip({ width: 320, height: 180, fps: 30, frames: 30, gop: 10, bitrate: 600_000 })
    neighbour = await startFakeCamera({ clip })
  }, 60_000)
  afterAll(() => neighbour?.stop())

  const described: [what: string, settings: Partial<FakeCameraSettings>, code: string, words: string][] = [
    ['a description of 1 MB', { editSdp: (sdp) => sdp + 'a=x\r\n'.repeat(200_000) }, 'protocol_error', '131072 bytes'],
    ['10,000 media', { editSdp: () => 'm=a 0 b 1\r\n'.repeat(10_000) }, 'unsupported', 'offers no H.264, H.265 or JPEG video'],
    [
      'payload type 300',
      { editSdp: (sdp) => sdp.replaceAll('96', '300') },
      'unsupported',
      'offers no H.264, H.265 or JPEG video',
    ],
  ]

  it.each(described)('is refused with a reason for %s, and its neighbour does not notice', async (_, settings, code, words) => {
    await using good = watchSource({ url: neighbour.url })
    await using camera = await startFakeCamera({ clip, ...settings })
    const watched = watchSource({ url: camera.url })
    await expect(watched.ended).rejects.toMatchObject({ code, message: expect.stringContaining(words) })
    await vi.waitFor(() => expect(good.packets.length).toBeGreaterThan(5), SOON)
  })

  it('is refused with a reason for a fragment that never ends', async () => {
    await using camera = await startFakeCamera({ clip })
    await using watched = watchSource({ url: camera.url })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(2), SOON)
    camera.inject(neverEndingPicture())
    await expect(watched.ended).rejects.toMatchObject({ code: 'protocol_error', message: expect.stringContaining('8 MiB') })
    await vi.waitFor(() => expect(camera.connections).toBe(0), SOON)
  })

  it('is taken at the highest channels that there are', async () => {
    await using camera = await startFakeCamera({ clip, channel: 250 })
    await using watched = watchSource({ url: camera.url })
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(5), SOON)
  })
})

describe('an HTTP camera whose pictures claim 65535 pixels a side', () => {
  it('is refused with the size as its reason', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=b' })
      const timer = setInterval(() => response.write(Buffer.concat([Buffer.from('--b\r\n\r\n'), HUGE])), 20)
      response.on('close', () => clearInterval(timer))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = parseCameraUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    const output = { track: vi.fn(), packet: vi.fn() }
    const run = new HttpSource({ url, tls: FULL_TRUST_CHECK, fps: 5, log: SILENT_LOG }).run(output, new AbortController().signal)
    await expect(run).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining('65535x65535') })
    expect(output.packet).not.toHaveBeenCalled()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
})

/** SOI, a frame header, Huffman tables in name, a scan, EOI. */
const HUGE = Buffer.from('ffd8ffc0000b08ffffffff01011100ffc40002ffda0008010100003f0001ffd9', 'hex')

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
