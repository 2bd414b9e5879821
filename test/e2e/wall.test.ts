import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { requirePeer } from '../peers/required.ts'
import { openChromium } from './browser.ts'
import { openWindow } from './chromium-window.ts'
import { freePort, type GatewayProcess, startGatewayProcess } from './gateway-process.ts'
import { type ServedPage, servePage } from './served-page.ts'

const CAMERAS = Array.from({ length: 8 }, (_, index) => `c${index + 1}`)
const CONFIG = `cors: { origins: [] }\ncameras:\n${CAMERAS.map((id) => `  ${id}: { url: "test:clock", fps: 5, name: "Sala <b>${id}</b>" }`).join('\n')}\n`

describe.runIf(requirePeer('chromium'))('a page with cameras, in Chromium', () => {
  let browser: Browser
  let gateway: GatewayProcess
  let port: number
  let page: Page
  let complaints: string[]
  const pages: ServedPage[] = []

  beforeAll(async () => {
    port = await freePort()
    gateway = await startGatewayProcess({ config: CONFIG, port })
    browser = await openChromium()
  }, 60_000)

  afterAll(async () => {
    await browser.close()
    await Promise.all(pages.map((served) => served[Symbol.asyncDispose]()))
    await gateway[Symbol.asyncDispose]()
  })

  beforeEach(async () => {
    complaints = []
    page = await browser.newPage({ locale: 'en-GB' })
    page.on('pageerror', (error) => complaints.push(error.message))
  })

  afterEach(() => page.close())

  /** Opens a page of another port of this machine, with the script and what follows. */
  async function open(html: string, options: { headers?: Record<string, string>; isForeign?: boolean } = {}): Promise<void> {
    const served = await servePage(
      `<script type="module" src="${gateway.url}/atalaya-camera.js"></script>${html}`,
      options.headers,
    )
    pages.push(served)
    await page.goto(options.isForeign ? served.foreignUrl : served.url, { waitUntil: 'commit' })
  }

  const grid = (ids: readonly string[]) =>
    `<style>body { display: grid; grid-template-columns: repeat(4, 1fr) }</style>${ids.map((id) => `<atalaya-camera camera="${id}"></atalaya-camera>`).join('')}`
  const states = () =>
    page.evaluate<string[]>(`[...document.querySelectorAll('atalaya-camera')].map((camera) => camera.view?.state)`)
  const becomes = (state: string, timeout = 10_000) =>
    vi.waitFor(async () => expect(new Set(await states())).toEqual(new Set([state])), { timeout, interval: 20 })
  const viewers = async () => (await gateway.getJson<{ viewers: unknown[] }>('/api/viewers')).viewers.length
  const text = (part: string) =>
    page.evaluate<string>(`document.querySelector('atalaya-camera').shadowRoot.querySelector('[part~=${part}]').textContent`)

  it('shows eight over one connection, where eight plain <img> stop at six and nothing else gets through', {
    timeout: 60_000,
  }, async () => {
    await page.goto(`${gateway.url}/status`)
    const images = CAMERAS.map((id) => `<img src="/camera/${id}?width=160">`).join('')
    await page.evaluate(`void (document.body.innerHTML = ${JSON.stringify(images)})`)
    await vi.waitFor(async () => expect(await viewers()).toBe(6), { timeout: 15_000 })
    const isAnswered = await page.evaluate<boolean>(
      `fetch('/livez', { signal: AbortSignal.timeout(1500) }).then(() => true, () => false)`,
    )
    expect([isAnswered, await viewers()]).toEqual([false, 6])
    await page.goto('about:blank')
    await open(grid(CAMERAS))
    await becomes('live')
    expect(await viewers()).toBe(8)
    expect(await page.evaluate(`fetch('${gateway.url}/livez', { mode: 'no-cors' }).then(() => true)`)).toBe(true)
    expect(complaints).toEqual([])
  })

  it('lets go of what is scrolled away, and of all when it is closed', { timeout: 40_000 }, async () => {
    await open(`<style>atalaya-camera { width: 300px; margin-bottom: 3000px }</style>${grid(CAMERAS.slice(0, 1))}`)
    await becomes('live')
    await page.evaluate('scrollTo(0, 2000)')
    await becomes('paused')
    await vi.waitFor(async () => expect(await viewers()).toBe(0), 2000)
    const back = await page.evaluate<number>(`new Promise((done) => {
      const began = performance.now()
      document.querySelector('atalaya-camera').addEventListener('state', ({ detail }) => detail.state === 'live' && done(performance.now() - began))
      scrollTo(0, 0)
    })`)
    expect(back).toBeLessThan(1500)
    await page.goto('about:blank')
    await vi.waitFor(async () => expect(await viewers()).toBe(0), 2500)
  })

  it.runIf(requirePeer('xvfb'))(
    'lets go of all in a hidden tab, and shows a picture at once when it is back',
    { timeout: 60_000 },
    async () => {
      await using window = await openWindow()
      await page.close()
      page = window.page
      await open(grid(CAMERAS.slice(0, 4)))
      await becomes('live')
      const other = await page.context().newPage()
      await other.bringToFront()
      await vi.waitFor(async () => expect(await viewers()).toBe(0), 2500)
      await becomes('paused')
      await page.evaluate(`void document.addEventListener('visibilitychange', () => { window.shownAt = performance.now() })
      document.querySelector('atalaya-camera').addEventListener('state', ({ detail }) => {
        if (detail.state === 'live') window.backAfter = performance.now() - shownAt
      })`)
      await page.bringToFront()
      await becomes('live')
      expect(await page.evaluate('backAfter')).toBeLessThan(1500)
    },
  )

  it('says that a camera is on hold, in the language of the page, and starts it only when somebody says so', {
    timeout: 40_000,
  }, async () => {
    await gateway.post('/api/cameras/c2/stop')
    await open('<div lang="es"><atalaya-camera camera="c2" controls style="width: 480px"></atalaya-camera></div>')
    await becomes('stopped')
    expect([await text('title'), await text('state')]).toEqual(['Sala <b>c2</b>', 'En pausa'])
    expect(await gateway.getJson('/api/cameras/c2')).toMatchObject({ state: 'stopped' })
    await gateway.post('/api/cameras/c2/start')
    await becomes('live')
    await gateway.post('/api/cameras/c2/stop')
    await becomes('stopped')
    expect(await gateway.getJson('/api/cameras/c2')).toMatchObject({ state: 'stopped' })
    await gateway.post('/api/cameras/c2/start')
  })

  it('says that there is no such camera, and shows it once it is added', { timeout: 40_000 }, async () => {
    await open('<atalaya-camera camera="new" style="width: 300px"></atalaya-camera>')
    await becomes('missing')
    const body = JSON.stringify({ id: 'new', url: 'test:clock' })
    await fetch(`${gateway.url}/api/cameras`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
    await becomes('live')
    await fetch(`${gateway.url}/api/cameras/new`, { method: 'DELETE' })
    await becomes('missing')
  })

  it('says that the gateway does not trust its origin', { timeout: 40_000 }, async () => {
    await open('<atalaya-camera camera="c1" style="width: 300px"></atalaya-camera>', { isForeign: true })
    await becomes('forbidden')
    expect(await page.evaluate(`document.querySelector('atalaya-camera').view.reason`)).toBe('forbidden-origin')
    expect(await text('reason')).toContain('cors.origins')
    expect(await viewers()).toBe(0)
  })

  it('works under a strict policy, without a worker', { timeout: 40_000 }, async () => {
    const { host } = new URL(gateway.url)
    await open('<atalaya-camera camera="c1"></atalaya-camera>', {
      headers: {
        'Content-Security-Policy': `default-src 'none'; script-src http://${host}; connect-src http://${host} ws://${host}`,
      },
    })
    await becomes('live')
    await vi.waitFor(
      async () => expect(await page.evaluate(`document.querySelector('atalaya-camera').stats.fps`)).toBeGreaterThan(1),
      5000,
    )
  })

  it('says so within 2 s when the gateway is killed, and is connected again within 3 s of its return', {
    timeout: 60_000,
  }, async () => {
    await open(grid(CAMERAS.slice(0, 4)))
    await becomes('live')
    gateway.signal('SIGKILL')
    await becomes('offline', 2000)
    expect(await page.evaluate(`document.querySelector('atalaya-camera').view.reason`)).toBe('gateway-unreachable')
    await gateway.ended()
    gateway = await startGatewayProcess({ config: CONFIG, port })
    await vi.waitFor(async () => expect(await states()).not.toContain('offline'), { timeout: 3000, interval: 20 })
    // The cameras themselves begin anew too.
    await becomes('live', 15_000)
    expect(complaints).toEqual([])
  })

  it('forgets what is removed: no element stays behind', { timeout: 60_000 }, async () => {
    await open('<main></main>')
    await vi.waitFor(async () => expect(await page.evaluate(`!!customElements.get('atalaya-camera')`)).toBe(true), 5000)
    await page.evaluate(`(async () => {
      window.removed = []
      for (let round = 0; round < 100; round++) {
        const camera = document.createElement('atalaya-camera')
        camera.camera = 'c1'
        document.querySelector('main').append(camera)
        await new Promise((done) => setTimeout(done, round % 10 === 0 ? 100 : 0))
        camera.remove()
        removed.push(new WeakRef(camera))
      }
    })()`)
    await vi.waitFor(
      async () => {
        await page.requestGC()
        expect(await page.evaluate('removed.filter((element) => element.deref()).length')).toBe(0)
      },
      { timeout: 10_000, interval: 200 },
    )
    expect(await viewers()).toBe(0)
  })
})
