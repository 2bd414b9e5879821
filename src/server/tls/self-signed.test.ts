import { X509Certificate } from 'node:crypto'
import { connect, createServer } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { isFitting, makeSelfSigned } from './self-signed.ts'

const NAMES = ['localhost', 'cams.lab', '192.168.50.9', '::1', 'fe80::1:2', '2001:db8:1:2:3:4:5:6']

describe('a certificate that signs itself', () => {
  const pair = makeSelfSigned(NAMES)
  const certificate = new X509Certificate(pair.certificate)

  it('is for the names and addresses that were asked for, for servers, and signs no other', () => {
    for (const name of ['localhost', 'cams.lab']) expect(certificate.checkHost(name)).toBe(name)
    for (const address of ['192.168.50.9', '::1', 'fe80::1:2', '2001:db8:1:2:3:4:5:6'])
      expect(certificate.checkIP(address)).toBe(address)
    expect(certificate.checkHost('evil.example')).toBeUndefined()
    expect([certificate.ca, certificate.keyUsage]).toEqual([false, ['1.3.6.1.5.5.7.3.1']])
    expect(certificate.verify(certificate.publicKey)).toBe(true)
  })

  it('is made anew for other names and before it ends', () => {
    expect(isFitting(pair.certificate, NAMES)).toBe(true)
    expect(isFitting(pair.certificate, [...NAMES, 'other.lab'])).toBe(false)
    expect(isFitting(pair.certificate, NAMES, new Date(Date.now() + 790 * 86_400_000))).toBe(false)
    const later = makeSelfSigned(NAMES, new Date('2049-12-01T00:00:00Z'))
    expect(new X509Certificate(later.certificate).validTo).toContain('2052')
  })

  it('is trusted by whoever trusts it, under its names', async () => {
    const server = createServer({ cert: pair.certificate, key: pair.key }).listen(0, '127.0.0.1')
    const { port } = await new Promise<{ port: number }>((resolve) =>
      server.once('listening', () => resolve(server.address() as { port: number })),
    )
    const meet = (servername: string) =>
      new Promise((resolve) => {
        const socket = connect({ host: '127.0.0.1', port, servername, ca: pair.certificate })
        socket
          .once('secureConnect', () => resolve('trusted'))
          .once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
        socket.once('secureConnect', () => socket.destroy())
      })
    expect(await meet('cams.lab')).toBe('trusted')
    expect(await meet('evil.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
    server.close()
  })
})
