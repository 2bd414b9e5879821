import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { requirePeer } from '../peers/required.ts'
import { BROWSERS, type BrowserPage } from './browser.ts'
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts'
import { type ServedPage, servePage } from './served-page.ts'

const NAME = '<img src=x onerror=alert(1)>'
const CONFIG = `cameras:\n${[1, 2, 3].map((id) => `  c${id}: { url: "test:clock", fps: 5, name: "${NAME} ${id}" }`).join('\n')}\n`

let gateway: GatewayProcess
let page: ServedPage

beforeAll(async () => {
  gateway = await startGatewayProcess({ config: CONFIG })
  page = await servePage(`<script type="module" src="${gateway.url}/atalaya-camera.js"></script><main></main>`)
}, 60_000)

afterAll(async () => {
  await page[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

/** Viewers of all cameras. */
async function viewers(): Promise<number> {
  return (await gateway.getJson<{ viewers: unknown[] }>('/api/viewers')).viewers.length
}

describe.each(BROWSERS.filter(({ peer }) => requirePeer(peer)))('<atalaya-camera> in $name', ({ openPage }) => {
  let browser: BrowserPage

  beforeAll(async () => {
    browser = await openPage()
    await browser.goto(page.url)
    await vi.waitFor(async () => expect(await browser.evaluate(`!!customElements.get('atalaya-camera')`)).toBe(true), 10_000)
  }, 60_000)

  afterAll(() => browser?.[Symbol.asyncDispose]())

  const show = (html: string) => browser.evaluate(`void (document.querySelector('main').innerHTML = ${JSON.stringify(html)})`)
  const state = (index = 0) => browser.evaluate<string>(`document.querySelectorAll('atalaya-camera')[${index}].view.state`)
  /** The picture as it is on the screen, in base64. */
  const pixels = () =>
    browser.evaluate<string>(
      `(async () => {
        const canvas = document.querySelector('atalaya-camera').shadowRoot.querySelector('canvas')
        const blob = await new Promise((done) => canvas.toBlob(done))
        const bytes = new Uint8Array(await blob.arrayBuffer())
        return bytes.length + ':' + bytes.reduce((sum, byte) => (sum * 31 + byte) | 0, 7)
      })()`,
    )

  it('shows live pictures, and a name as the characters that it is', { timeout: 40_000 }, async () => {
    await show('<atalaya-camera camera="c1" style="width: 320px"></atalaya-camera>')
    await vi.waitFor(async () => expect(await state()).toBe('live'), 15_000)
    const first = await pixels()
    await vi.waitFor(async () => expect(await pixels()).not.toBe(first), 10_000)
    expect(await browser.evaluate(`document.querySelector('atalaya-camera').getAttribute('aria-label')`)).toBe(`${NAME} 1: live`)
    expect(await browser.evaluate(`document.querySelector('atalaya-camera').shadowRoot.querySelectorAll('img').length`)).toBe(0)
    const stats = await browser.evaluate<{ fps: number; width: number; rendition: string }>(
      `document.querySelector('atalaya-camera').stats`,
    )
    expect(stats.width).toBeGreaterThan(300)
    await show('')
    await vi.waitFor(async () => expect(await viewers()).toBe(0), 4000)
  })

  it('is mounted and removed a hundred times and leaves no viewer', { timeout: 60_000 }, async () => {
    await browser.evaluate(`(async () => {
      for (let round = 0; round < 100; round++) {
        const camera = document.createElement('atalaya-camera')
        camera.camera = 'c' + (1 + round % 3)
        camera.style.width = '200px'
        document.querySelector('main').append(camera)
        const isLive = new Promise((done) => camera.addEventListener('state', ({ detail }) => detail.state === 'live' && done()))
        await (round % 20 === 0 ? isLive : new Promise((done) => setTimeout(done, 5)))
        camera.remove()
      }
    })()`)
    const began = performance.now()
    await vi.waitFor(async () => expect(await viewers()).toBe(0), { timeout: 4000, interval: 50 })
    expect(performance.now() - began).toBeLessThan(2500)
  })

  it.each(['mjpeg', 'snapshot'])('frees the camera in %s mode too, and lifts no stop', { timeout: 60_000 }, async (mode) => {
    await show(`<atalaya-camera camera="c2" mode="${mode}" style="width: 320px"></atalaya-camera>`)
    await vi.waitFor(async () => expect(await shownSize(mode)).toBeGreaterThan(0), 20_000)
    if (mode === 'mjpeg') await vi.waitFor(async () => expect(await viewers()).toBe(1), 5000)
    await show('')
    await vi.waitFor(async () => expect(await viewers()).toBe(0), 4000)
    await gateway.post('/api/cameras/c2/stop')
    await show(`<atalaya-camera camera="c2" mode="${mode}" style="width: 320px"></atalaya-camera>`)
    // This page may not read the gateway's answers: that there is no picture is all it can know.
    await new Promise((resolve) => setTimeout(resolve, 800))
    expect(await gateway.getJson('/api/cameras/c2')).toMatchObject({ state: 'stopped', viewers: 0 })
    expect(await state()).toBe('loading')
    await show('')
    await gateway.post('/api/cameras/c2/start')
  })

  /** The width of the picture of an element without a WebSocket. */
  const shownSize = (mode: string) =>
    browser.evaluate<number>(
      mode === 'mjpeg'
        ? `document.querySelector('atalaya-camera').shadowRoot.querySelector('iframe')?.contentDocument?.images[0]?.naturalWidth ?? 0`
        : `document.querySelector('atalaya-camera').stats.width ?? 0`,
    )
})
