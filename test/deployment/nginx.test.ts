import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { GatewayProcess } from '../e2e/gateway-process.ts'
import { requirePeer } from '../peers/required.ts'
import { ask, BrowserWitness, delays, ProgramWitness, type Witness } from './arrivals.ts'
import { watchOverHttp2 } from './http2-viewers.ts'
import { makeCertificate } from './make-certificate.ts'
import { type ProxyProcess, readExample, startNginx } from './proxy-process.ts'
import { startSlowGateway } from './slow-gateway.ts'
import { picturesOfWall } from './wall-client.ts'

const OWN_NAME = { host: 'cams.example.org' }
const SITE = { host: 'www.example.org' }

describe.runIf(requirePeer('nginx'))('behind nginx, as examples/nginx sets it up', () => {
  let gateway: GatewayProcess
  let own: ProxyProcess
  let sub: ProxyProcess
  let buffering: ProxyProcess
  let hoarding: ProxyProcess
  let straight: ProgramWitness
  const witnesses: Record<string, Witness> = {}

  beforeAll(async () => {
    gateway = await startSlowGateway()
    const example = adapt(await readExample('nginx/atalaya.conf'), gateway)
    const unbuffered = /proxy_buffering off;/
    expect(example).toMatch(unbuffered)
    own = await startNginx(example)
    sub = await startNginx(adapt(await readExample('nginx/sub-path.conf'), gateway))
    buffering = await startNginx(example.replace(unbuffered, 'proxy_buffering on;'))
    hoarding = await startNginx(
      example.replace(unbuffered, 'proxy_buffering on; proxy_ignore_headers X-Accel-Buffering; postpone_output 100000;'),
    )
    // The headers name the rendition where there is a picture of it when the viewer comes.
    await fetch(`${gateway.url}/camera/door/snapshot?wait=20`).then((answer) => expect(answer.status).toBe(200))
    straight = new ProgramWitness(`${gateway.url}/camera/door`)
    witnesses['own, program'] = new ProgramWitness(`http://127.0.0.1:${own.port}/camera/door`)
    witnesses['own, browser'] = new BrowserWitness(`http://127.0.0.1:${own.port}/camera/door`, straight)
    witnesses['sub, program'] = new ProgramWitness(`http://127.0.0.1:${sub.port}/cameras/camera/door`)
    witnesses['sub, browser'] = new BrowserWitness(`http://127.0.0.1:${sub.port}/cameras/camera/door`, straight)
    witnesses['buffering'] = new ProgramWitness(`http://127.0.0.1:${buffering.port}/camera/door`)
    witnesses['hoarding'] = new ProgramWitness(`http://127.0.0.1:${hoarding.port}/camera/door`)
    await vi.waitFor(() => {
      for (const { arrivals } of Object.values(witnesses)) expect(delays(straight.arrivals, arrivals).length).toBeGreaterThan(2)
    }, 15_000)
  }, 40_000)

  afterAll(async () => {
    for (const witness of [straight, ...Object.values(witnesses)]) witness?.[Symbol.dispose]()
    await Promise.all([own, sub, buffering, hoarding].map((proxy) => proxy?.stop()))
    await gateway?.[Symbol.asyncDispose]()
  })

  const worst = (name: string) => Math.max(...delays(straight.arrivals, witnesses[name]?.arrivals ?? new Map()))

  it.each(['own, program', 'own, browser', 'sub, program', 'sub, browser'])('no picture waits for the next one (%s)', (name) => {
    expect(worst(name)).toBeLessThan(500)
  })

  it('no picture waits where buffering is on, for the gateway asks for none', () => {
    expect(worst('buffering')).toBeLessThan(500)
  })

  it('pictures would wait if nginx did not listen to that: so this test can tell', () => {
    expect(worst('hoarding')).toBeGreaterThan(500)
  })

  it('the headers of the stream arrive', () => {
    expect(witnesses['own, browser']?.headers).toMatchObject({
      'content-type': 'multipart/x-mixed-replace; boundary=frame',
      'cache-control': 'no-store, no-transform',
      'x-rendition': '640x360 q80',
      'cross-origin-resource-policy': 'cross-origin',
    })
  })

  it('the page is found at the sub-path and nowhere else, with addresses that lead there', async () => {
    const page = await ask(sub.port, '/cameras/', { ...SITE, accept: 'text/html' })
    const [, script = ''] = /<script [^>]*src="\.\/([^"]+)"/.exec(page.body) ?? []
    expect((await ask(sub.port, `/cameras/${script}`, SITE)).headers['content-type']).toContain('text/javascript')
    expect((await ask(sub.port, '/cameras', SITE)).headers['location']).toMatch(/\/cameras\/$/)
    expect((await ask(sub.port, '/cameras/camera/door/snapshot', SITE)).headers['content-type']).toBe('image/jpeg')
    expect((await ask(sub.port, '/', SITE)).body).toBe('the site itself')
    expect((await ask(sub.port, '/camera/door/snapshot', SITE)).status).toBe(404)
  })

  it("a page of the gateway's own may change something, another may not", async () => {
    const reconnect = (origin: string) =>
      ask(own.port, '/api/cameras/door/reconnect', { ...OWN_NAME, origin, method: 'POST' }).then(({ status }) => status)
    expect(await reconnect('https://elsewhere.example')).toBe(403)
    expect(await reconnect('https://cams.example.org')).toBe(200)
  })

  it('the gateway knows who asks', async () => {
    await ask(own.port, '/livez', { ...OWN_NAME, 'x-forwarded-for': '192.0.2.7' })
    await vi.waitFor(() => expect(gateway.output).toContain('"ip":"192.0.2.7"'))
  })

  it('a snapshot that has not changed is not sent again', async () => {
    await vi.waitFor(async () => {
      const { etag = '' } = (await ask(own.port, '/camera/door/snapshot', OWN_NAME)).headers
      const again = await ask(own.port, '/camera/door/snapshot', { ...OWN_NAME, 'if-none-match': etag })
      expect([again.status, again.body]).toEqual([304, ''])
    }, 5000)
  })

  it('with the TLS lines of the example, eight live pictures share one connection', async () => {
    const { certificate, key } = makeCertificate()
    const lines = adapt(await readExample('nginx/atalaya.conf'), gateway)
      .replace(/^ *listen 127.*$/m, '')
      .replaceAll(/# ((?:listen 443|ssl_certificate).*)$/gm, '$1')
      .replace(/^ *listen 443/m, 'listen 127.0.0.1:PORT')
      .replaceAll(/(ssl_certificate(?:_key)? +)[^;]*\/(\w+\.pem);/g, '$1FOLDER/$2;')
    await using proxy = await startNginx(lines, { 'fullchain.pem': certificate, 'privkey.pem': key })
    expect(await watchOverHttp2(`https://localhost:${proxy.port}/camera/door`, 8)).toBe(8)
  })

  it.each([
    ['own', '/api/wall', OWN_NAME.host],
    ['sub', '/cameras/api/wall', SITE.host],
  ])('the wall comes through (%s)', async (name, path, host) => {
    const { port } = name === 'own' ? own : sub
    expect(await picturesOfWall(`ws://127.0.0.1:${port}${path}`, { host, origin: `https://${host}`, camera: 'door' })).toBe(3)
  })

  it('viewers that leave the proxy leave the gateway', async () => {
    for (const witness of [straight, ...Object.values(witnesses)]) witness[Symbol.dispose]()
    await vi.waitFor(async () => {
      const { door } = await gateway.getJson<{ door: { viewers: number } }>('/status')
      expect(door.viewers).toBe(0)
    }, 5000)
  })
})

/** The example as it is, but for where it listens, where the gateway is, and where the site's own files are. */
function adapt(example: string, gateway: GatewayProcess): string {
  return example
    .replace('listen 80 ', 'listen 127.0.0.1:PORT ')
    .replaceAll(/^.*listen \[::\].*$/gm, '')
    .replace('server 127.0.0.1:5000;', `server ${new URL(gateway.url).host};`)
    .replace('root /var/www/html;', 'root FOLDER/site;')
}
