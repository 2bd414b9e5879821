import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { GatewayProcess } from '../e2e/gateway-process.ts'
import { requirePeer } from '../peers/required.ts'
import { ask, BrowserWitness, delays, ProgramWitness, type Witness } from './arrivals.ts'
import { watchOverHttp2 } from './http2-viewers.ts'
import { type ProxyProcess, readExample, startCaddy } from './proxy-process.ts'
import { startSlowGateway } from './slow-gateway.ts'
import { picturesOfWall } from './wall-client.ts'

const OWN_NAME = { host: 'cams.example.org' }
const SITE = { host: 'www.example.org' }

describe.runIf(requirePeer('caddy'))('behind Caddy, as examples/caddy sets it up', () => {
  let gateway: GatewayProcess
  let own: ProxyProcess
  let sub: ProxyProcess
  let straight: ProgramWitness
  const witnesses: Record<string, Witness> = {}

  beforeAll(async () => {
    gateway = await startSlowGateway()
    own = await startCaddy(adapt(await readExample('caddy/Caddyfile'), gateway))
    sub = await startCaddy(adapt(await readExample('caddy/sub-path.Caddyfile'), gateway))
    straight = new ProgramWitness(`${gateway.url}/camera/door`)
    witnesses['own, program'] = new ProgramWitness(`http://127.0.0.1:${own.port}/camera/door`)
    witnesses['own, browser'] = new BrowserWitness(`http://127.0.0.1:${own.port}/camera/door`, straight)
    witnesses['sub, program'] = new ProgramWitness(`http://127.0.0.1:${sub.port}/cameras/camera/door`)
    witnesses['sub, browser'] = new BrowserWitness(`http://127.0.0.1:${sub.port}/cameras/camera/door`, straight)
    await vi.waitFor(() => {
      for (const { arrivals } of Object.values(witnesses)) expect(delays(straight.arrivals, arrivals).length).toBeGreaterThan(2)
    }, 15_000)
  }, 40_000)

  afterAll(async () => {
    for (const witness of [straight, ...Object.values(witnesses)]) witness?.[Symbol.dispose]()
    await Promise.all([own, sub].map((proxy) => proxy?.stop()))
    await gateway?.[Symbol.asyncDispose]()
  })

  it.each(['own, program', 'own, browser', 'sub, program', 'sub, browser'])('no picture waits for the next one (%s)', (name) => {
    expect(Math.max(...delays(straight.arrivals, witnesses[name]?.arrivals ?? new Map()))).toBeLessThan(500)
  })

  it('the page is found at the sub-path and nowhere else, with addresses that lead there', async () => {
    const page = await ask(sub.port, '/cameras/', { ...SITE, accept: 'text/html' })
    const [, script = ''] = /<script [^>]*src="\.\/([^"]+)"/.exec(page.body) ?? []
    expect((await ask(sub.port, `/cameras/${script}`, SITE)).headers['content-type']).toContain('text/javascript')
    expect((await ask(sub.port, '/cameras', SITE)).headers['location']).toBe('/cameras/')
    expect((await ask(sub.port, '/', SITE)).body).toBe('the site itself')
    expect((await ask(sub.port, '/camera/door/snapshot', SITE)).status).toBe(404)
  })

  it("a page of the gateway's own may change something, another may not", async () => {
    const reconnect = (origin: string) =>
      ask(own.port, '/api/cameras/door/reconnect', { ...OWN_NAME, origin, method: 'POST' }).then(({ status }) => status)
    expect(await reconnect('https://elsewhere.example')).toBe(403)
    expect(await reconnect('https://cams.example.org')).toBe(200)
  })

  it('with a certificate of its own making, eight live pictures share one connection', async () => {
    const site = (await readExample('caddy/Caddyfile')).replace('cams.example.org {', 'localhost:PORT {\n\ttls internal')
    await using proxy = await startCaddy(adapt(site, gateway))
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
    .replace(/^(cams|www)\.example\.org \{/m, 'http://:PORT {')
    .replace('127.0.0.1:5000', new URL(gateway.url).host)
    .replace('/var/www/html', 'FOLDER/site')
}
