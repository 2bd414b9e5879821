import { beforeAll, describe, expect, it, vi } from 'vitest'
import { type Clip, loadClip } from '../../test/fake-camera/clip.ts'
import { startFakeCamera } from '../../test/fake-camera/fake-camera.ts'
import { startFakeOnvifCamera } from '../../test/fake-onvif/fake-onvif-camera.ts'
import { MemoryEngines } from '../../test/fakes/memory-engines.ts'
import { requirePeer } from '../../test/peers/required.ts'
import { sourceFromText } from '../config/camera-source.ts'
import type { Packet } from '../media/packet.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { openSource } from './open-source.ts'

const CANARY = 'canary7pass'
const open = (address: string) =>
  openSource({ name: 'Door', source: sourceFromText(address) }, { engines: new MemoryEngines(), log: SILENT_LOG })

describe.runIf(requirePeer('ffmpeg'))('a camera that is asked by ONVIF where its stream is', () => {
  let clip: Clip

  beforeAll(async () => {
    clip = await loadClip({ width: 320, height: 180, fps: 30, frames: 30, gop: 10, bitrate: 600_000 })
  }, 60_000)

  it('is found again at another address after its restart, at its own host, with its login', async () => {
    await using first = await startFakeCamera({ clip, path: '/small', credentials: { user: 'admin', password: CANARY } })
    await using second = await startFakeCamera({ clip, path: '/small', credentials: { user: 'admin', password: CANARY } })
    let port = first.port
    await using camera = await startFakeOnvifCamera({
      clockOffsetMs: 1e10,
      streamUri: (profile) => `rtsp://192.168.77.1:${port}/${profile}`,
    })
    const source = open(`onvif://admin:${CANARY}@127.0.0.1:${camera.port}/?stream=sub`)
    for (const peer of [first, second]) {
      port = peer.port
      const packets: Packet[] = []
      const aborter = new AbortController()
      const run = source.run({ track: () => undefined, packet: (packet) => packets.push(packet) }, aborter.signal)
      await vi.waitFor(() => expect(packets.length).toBeGreaterThan(2), { timeout: 5000 })
      aborter.abort()
      await run
      expect(peer.uris[0]).toContain('/small')
    }
  })
})

it.each([
  ['with a wrong password', `onvif://admin:wrong9pass@HOST`, 'auth_failed'],
  ['without a password', 'onvif://HOST', 'auth_failed'],
  ['for a channel that it has not', `onvif://admin:${CANARY}@HOST/?channel=2`, 'stream_not_found'],
])('fails by name %s', async (_, address, code) => {
  await using camera = await startFakeOnvifCamera()
  const source = open(address.replace('HOST', `127.0.0.1:${camera.port}`))
  const error = await source
    .run({ track: () => undefined, packet: () => undefined }, new AbortController().signal)
    .catch((failure: unknown) => failure)
  expect(error).toMatchObject({ code })
  expect(String(error)).not.toContain('wrong9pass')
})
