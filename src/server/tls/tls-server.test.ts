import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type ClientHttp2Session, connect as connectHttp2, constants, type OutgoingHttpHeaders } from 'node:http2'
import { get } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { ServedCameras } from '../../../test/api/served-cameras.ts'
import { watchOverHttp2 } from '../../../test/deployment/http2-viewers.ts'
import type { TlsConfig } from '../../config/tls-config.ts'
import { SILENT_LOG } from '../../telemetry/log.ts'
import { Certificates } from './certificates.ts'
import { makeSelfSigned } from './self-signed.ts'

let served: ServedCameras
let session: ClientHttp2Session | undefined
const errors: string[] = []
const log = { ...SILENT_LOG, error: (_: object, message?: string) => void errors.push(String(message)) }

async function serve(tls: TlsConfig = { kind: 'self-signed', file: undefined }): Promise<Certificates> {
  const certificates = await Certificates.open({ tls, names: ['cams.lab'], log, lookEveryMs: 20 })
  served = await ServedCameras.start(certificates)
  return certificates
}

afterEach(async () => {
  session?.destroy()
  session = undefined
  served.parts.certificates?.[Symbol.dispose]()
  await served[Symbol.asyncDispose]()
})

const port = () => Number(new URL(served.url).port)

/** Asks in HTTP/2, with no more of an endless answer than its beginning. */
async function ask(path: string, headers: OutgoingHttpHeaders = {}, body?: string) {
  session ??= connectHttp2(served.url, { rejectUnauthorized: false })
  const request = session.request({ ':path': path, ...headers })
  if (body !== undefined) request.end(body)
  const [answer] = await once(request, 'response')
  let text = ''
  for await (const part of request.setEncoding('latin1')) {
    text += part
    if (text.split('--frame').length > 3 || text.includes('event: hello')) break
  }
  request.close(constants.NGHTTP2_CANCEL)
  return { status: answer[':status'] as number, headers: answer, text }
}

async function askHttp1(path: string, headers: Record<string, string> = {}) {
  const request = get(`${served.url}${path}`, { rejectUnauthorized: false, headers })
  const [answer] = await once(request, 'response')
  answer.resume()
  return { status: answer.statusCode as number, headers: answer.headers as Record<string, string | undefined> }
}

const shown = () =>
  new Promise<string>((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port: port(), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256)
      socket.destroy()
    }).on('error', reject)
  })

describe('with TLS', () => {
  it('answers and streams in HTTP/2, many on one connection', async () => {
    await serve()
    expect((await ask('/status')).status).toBe(200)
    const eight = await watchOverHttp2(`${served.url}/camera/fixed`, 8)
    expect(eight).toBe(8)
    const [stream, other, events] = await Promise.all([
      ask('/camera/fixed', { accept: 'image/webp' }),
      ask('/camera/fixed?quality=auto'),
      ask('/api/events'),
    ])
    expect([stream.status, stream.headers['content-type']]).toEqual([200, 'multipart/x-mixed-replace; boundary=frame'])
    expect([stream.text, other.text]).toEqual([expect.stringContaining('--frame'), expect.stringContaining('--frame')])
    expect(events.text).toContain('event: hello')
    expect((await ask('/camera/fixed/snapshot?wait=5')).headers['content-type']).toBe('image/jpeg')
    await vi.waitFor(() => expect(served.parts.viewers.list()).toEqual([]), 10_000)
  })

  it('answers in HTTP/1.1 too, and a WebSocket comes through', async () => {
    await serve()
    expect((await askHttp1('/status')).status).toBe(200)
    const socket = new WebSocket(`${served.url.replace('https', 'wss')}/api/wall`, { rejectUnauthorized: false })
    await once(socket, 'open')
    socket.terminate()
    // what Java's client asks for unasked
    const upgrade = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA' }
    expect((await askHttp1('/status', upgrade)).status).toBe(200)
  })

  it('refuses in HTTP/2 what it refuses in HTTP/1.1', async () => {
    await serve()
    expect((await ask('/status', { ':authority': 'evil.example' })).status).toBe(421)
    expect((await ask('/status', { ':authority': 'cams.lab', host: 'evil.example' })).status).toBe(400)
    expect((await ask('/status', { ':authority': 'cams.lab' })).status).toBe(200)
    const post = { ':method': 'POST', ':authority': 'cams.lab', 'content-type': 'application/json' }
    expect((await ask('/api/cameras', { ...post, origin: 'https://evil.example' }, '{}')).status).toBe(403)
    expect((await ask('/api/wall')).status).toBe(426)
    const tunnel = session?.request({ ':method': 'CONNECT', ':authority': 'evil.example:25' })
    expect((await once(tunnel as NonNullable<typeof tunnel>, 'response'))[0][':status']).toBe(405)
  })

  it('keeps sessions in a cookie that no other host and no plain connection can set', async () => {
    await serve()
    const { headers } = await ask('/api/logout', { ':method': 'POST', 'content-type': 'application/json' }, '{}')
    expect(headers['set-cookie']).toEqual([expect.stringMatching(/^__Host-atalaya=.*; Secure/)])
  })

  it('tells browsers to come by TLS only where the certificate is one that they take', async () => {
    await serve()
    expect((await ask('/status')).headers).not.toHaveProperty('strict-transport-security')
  })

  it('says nothing to who comes without TLS, and goes on', async () => {
    await serve()
    const socket = connectTcp(port(), '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    socket.on('error', () => undefined).resume()
    await once(socket, 'close')
    expect((await ask('/status')).status).toBe(200)
  })

  it('ends soon, whatever is open', async () => {
    await serve()
    const silent = connectTcp(port(), '127.0.0.1').on('error', () => undefined)
    await ask('/status')
    const stream = session?.request({ ':path': '/camera/fixed' })
    await once(stream as NonNullable<typeof stream>, 'response')
    stream?.resume()
    const began = performance.now()
    await served[Symbol.asyncDispose]()
    expect(performance.now() - began).toBeLessThan(5000)
    silent.destroy()
  })

  it('can end all connections at once, whichever protocol they speak', async () => {
    await serve()
    await ask('/status')
    const idle = connectTls({ host: '127.0.0.1', port: port(), rejectUnauthorized: false }).on('error', () => undefined)
    await once(idle, 'secureConnect')
    const ends = Promise.all([once(session as ClientHttp2Session, 'close'), once(idle.resume(), 'close')])
    served.server.closeAllConnections()
    await ends
  })
})

describe('certificate files', () => {
  it('are read again when they change, and a pair that does not fit is not shown', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'atalaya-tls-'))
    const tls = { kind: 'files', certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem'), hsts: true } as const
    const write = async (which: 'certificate' | 'key', pair: { certificate: string; key: string }) =>
      writeFile(tls[which], pair[which])
    const [first, second] = [makeSelfSigned(['cams.lab']), makeSelfSigned(['cams.lab'])]
    await write('certificate', first)
    await write('key', second)
    await expect(serve(tls)).rejects.toMatchObject({ code: 'bad_certificate' })
    await write('key', first)
    await serve(tls)
    expect((await ask('/status')).headers['strict-transport-security']).toBe('max-age=31536000')
    const before = await shown()
    await write('certificate', second)
    await vi.waitFor(() => expect(errors).toContainEqual(expect.stringContaining('the former one is still shown')), 10_000)
    expect(await shown()).toBe(before)
    await write('key', second)
    await vi.waitFor(async () => expect(await shown()).not.toBe(before), 10_000)
    expect((await ask('/status')).status).toBe(200)
    await rm(folder, { recursive: true, force: true })
  })

  it('of its own making are kept, so that browsers have to be told once only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'atalaya-tls-'))
    const file = join(folder, 'own.pem')
    await serve({ kind: 'self-signed', file })
    const first = await shown()
    await served[Symbol.asyncDispose]()
    await serve({ kind: 'self-signed', file })
    expect(await shown()).toBe(first)
    await rm(folder, { recursive: true, force: true })
  })
})
