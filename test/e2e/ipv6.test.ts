import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { loadClip } from '../fake-camera/clip.ts'
import { startFakeCamera } from '../fake-camera/fake-camera.ts'
import { requirePeer } from '../peers/required.ts'
import { startGatewayProcess } from './gateway-process.ts'
import { MjpegReader } from './mjpeg-reader.ts'

/** A machine may have been built without IPv6. */
const hasIpv6 = existsSync('/proc/net/if_inet6') && readFileSync('/proc/net/if_inet6', 'utf8').includes(`${'0'.repeat(31)}1 `)

describe.runIf(requirePeer('ffmpeg') && hasIpv6)('over IPv6', () => {
  it('a camera is reached and its pictures are shown', { timeout: 40_000 }, async () => {
    const clip = await loadClip({ width: 320, height: 180, fps: 30, frames: 30, gop: 10, bitrate: 600_000 })
    await using camera = await startFakeCamera({ clip, host: '::1' })
    await using gateway = await startGatewayProcess({ host: '::1', config: `cameras: { yard: "${camera.url}" }` })
    using viewer = new MjpegReader(`${gateway.url}/camera/yard`)
    await vi.waitFor(() => expect(viewer.pictures.length).toBeGreaterThan(5), { timeout: 10_000 })
    await vi.waitFor(() => expect(gateway.output).toContain(`${gateway.url}/`))
    expect((await fetch(`${gateway.url}/stop/yard`)).status).toBe(200)
  })
})
