import { beforeAll, describe, expect, it, vi } from 'vitest'
import { loadJpegs } from '../../test/fake-camera/jpeg-clip.ts'
import { type FakeMjpegCamera, startFakeMjpegCamera } from '../../test/fake-camera/mjpeg-camera.ts'
import { type MjpegMode, mjpegModes } from '../../test/fake-camera/mjpeg-modes.ts'
import { requirePeer } from '../../test/peers/required.ts'
import { parseCameraUrl } from '../lib/camera-url.ts'
import { Secret } from '../lib/secret.ts'
import { FULL_TRUST_CHECK } from '../lib/tls-trust.ts'
import { parseJpegHeader } from '../media/jpeg.ts'
import type { Packet } from '../media/packet.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { HttpSource } from './http-source.ts'

const SOON = { timeout: 20_000, interval: 10 }

describe.runIf(requirePeer('ffmpeg'))('an HTTP source at a fake camera', () => {
  let jpegs: readonly Buffer[]
  beforeAll(async () => {
    jpegs = await loadJpegs({ size: '320x240', count: 30 })
  }, 60_000)

  const start = ({ manners }: MjpegMode) => startFakeMjpegCamera({ jpegs, fps: 50, ...manners })
  const watch = (camera: FakeMjpegCamera, gate?: { user: string; password: string }) => {
    const address = parseCameraUrl(camera.url)
    const url = gate ? address.with({ credentials: { user: gate.user, password: new Secret(gate.password) } }) : address
    const source = new HttpSource({ url, tls: FULL_TRUST_CHECK, fps: 50, log: SILENT_LOG })
    const packets: Packet[] = []
    const stop = new AbortController()
    const ended = source.run({ track: () => undefined, packet: (packet) => packets.push(packet) }, stop.signal)
    ended.catch(() => undefined) // each test awaits it itself
    const dispose = async () => {
      stop.abort()
      await ended.catch(() => undefined)
    }
    return { source, packets, ended, [Symbol.asyncDispose]: dispose }
  }
  const isKnown = ({ data }: Packet) => jpegs.some((jpeg) => jpeg.equals(data))

  const modes = [...mjpegModes()]
  const understood = modes.filter(([, { fault, refusedAs }]) => !(fault || refusedAs))
  it.each(understood)('understands one with the manners of %s', async (name, mode) => {
    await using camera = await start(mode)
    await using watched = watch(camera, mode.manners?.gate)
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(12), SOON)
    for (const packet of watched.packets) {
      expect(packet).toMatchObject({ keyframe: true, track: { codec: 'jpeg', width: 320, height: 240 } })
      expect(parseJpegHeader(packet.data)).toMatchObject({ width: 320, height: 240 })
      if (name !== 'no-tables') expect(isKnown(packet)).toBe(true)
    }
    expect(watched.source.damaged).toBe(0)
  })

  const refused = modes.filter(([, { refusedAs }]) => refusedAs !== undefined)
  it.each(refused)('gives one up that has the manners of %s', async (_, mode) => {
    await using camera = await start(mode)
    const { ended, packets } = watch(camera)
    await expect(ended).rejects.toMatchObject({ code: mode.refusedAs })
    expect(packets).toEqual([])
    expect(camera.requests).toBeLessThanOrEqual(4)
    await vi.waitFor(() => expect(camera.viewers).toBe(0), SOON)
  })

  it.each(['garbage', 'cut-pictures'] as const)('passes on only what is whole: %s', async (fault) => {
    await using camera = await start({ does: '' })
    await using watched = watch(camera)
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(2), SOON)
    camera.misbehave(fault)
    await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(30), SOON)
    expect(watched.packets.every(isKnown)).toBe(true)
  })

  it.each(['stall', 'trickle'] as const)(
    'hands nothing on while there is no picture, and goes on with the next: %s',
    async (fault) => {
      await using camera = await start({ does: '' })
      await using watched = watch(camera)
      await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(2), SOON)
      camera.misbehave(fault)
      await new Promise((resolve) => setTimeout(resolve, 100))
      const before = watched.packets.length
      await new Promise((resolve) => setTimeout(resolve, 1100))
      expect(watched.packets).toHaveLength(before)
      camera.misbehave('none')
      await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(before + 3), SOON)
      expect(watched.packets.every(isKnown)).toBe(true)
    },
  )

  it('gives a wrong password up after trying it once', async () => {
    await using camera = await start(mjpegModes().get('digest') ?? { does: '' })
    const { ended } = watch(camera, { user: 'admin', password: 'hunter2' })
    await expect(ended).rejects.toMatchObject({ code: 'auth_failed', message: expect.not.stringContaining('hunter2') })
    expect(camera.requests).toBe(2)
  })
})
