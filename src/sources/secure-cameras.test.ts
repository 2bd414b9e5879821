import { X509Certificate } from 'node:crypto'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeCertificate } from '../../test/deployment/make-certificate.ts'
import { loadClip } from '../../test/fake-camera/clip.ts'
import { type FakeCamera, startFakeCamera } from '../../test/fake-camera/fake-camera.ts'
import { watchSource } from '../../test/fake-camera/watched-source.ts'
import { requirePeer } from '../../test/peers/required.ts'
import { parseCameraUrl } from '../lib/camera-url.ts'
import type { TlsTrust } from '../lib/tls-trust.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { HttpSource } from './http-source.ts'

const SOON = { timeout: 5000, interval: 10 }
const { certificate, key } = makeCertificate()
const { fingerprint256 } = new X509Certificate(certificate)

const trusts: [string, TlsTrust, boolean][] = [
  ['is not trusted by itself', { verify: true }, false],
  ['is taken where nothing is to be verified', { verify: false }, true],
  ['is taken by its fingerprint', { verify: true, fingerprint: fingerprint256 }, true],
  [
    'is taken by its fingerprint without colons',
    { verify: true, fingerprint: fingerprint256.replaceAll(':', '').toLowerCase() },
    true,
  ],
  ['is not taken for another one', { verify: true, fingerprint: '00'.repeat(32) }, false],
]

describe.runIf(requirePeer('ffmpeg'))('the certificate of a camera at rtsps:// that signs itself', () => {
  let camera: FakeCamera
  const tunnel = createTlsServer({ cert: certificate, key }, (socket) => {
    const inside = connect(camera.port, '127.0.0.1')
    for (const [one, other] of [
      [socket, inside],
      [inside, socket],
    ] as const)
      one.on('error', () => other.destroy()).pipe(other)
  })

  beforeAll(async () => {
    camera = await startFakeCamera({
      clip: await loadClip({ width: 320, height: 180, fps: 30, frames: 30, gop: 10, bitrate: 600_000 }),
    })
    await new Promise<void>((resolve) => tunnel.listen(0, '127.0.0.1', resolve))
  }, 60_000)
  afterAll(async () => {
    tunnel.close()
    await camera?.stop()
  })

  it.each(trusts)('%s', async (_, tls, isTaken) => {
    await using watched = watchSource({ url: `rtsps://127.0.0.1:${(tunnel.address() as AddressInfo).port}/live`, tls })
    if (isTaken) await vi.waitFor(() => expect(watched.packets.length).toBeGreaterThan(12), SOON)
    else await expect(watched.ended).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining('tls') })
  })
})

describe('the certificate of a camera at https:// that signs itself', () => {
  const jpeg = Buffer.from('ffd8ffc0000b080010001001011100ffda0008010100003f0001ffd9', 'hex')
  const server = createHttpsServer({ cert: certificate, key }, (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(jpeg)
  })
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  it.each(trusts)('%s', async (_, tls, isTaken) => {
    const url = parseCameraUrl(`https://127.0.0.1:${(server.address() as AddressInfo).port}/shot.jpg`)
    const source = new HttpSource({ url, tls, fps: 10, log: SILENT_LOG })
    const aborter = new AbortController()
    const packet = vi.fn()
    const ended = source.run({ track: () => undefined, packet }, aborter.signal)
    if (!isTaken) return await expect(ended).rejects.toMatchObject({ code: 'untrusted' })
    await vi.waitFor(() => expect(packet).toHaveBeenCalled(), SOON)
    aborter.abort()
    await ended
  })
})
