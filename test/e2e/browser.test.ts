import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { loadClip } from '../fake-camera/clip.ts'
import { type FakeCamera, startFakeCamera } from '../fake-camera/fake-camera.ts'
import { readMark } from '../fake-camera/mark.ts'
import { requirePeer } from '../peers/required.ts'
import { openChromium } from './browser.ts'
import { freePort, type GatewayProcess, startGatewayProcess } from './gateway-process.ts'

describe.runIf(requirePeer('chromium') && requirePeer('ffmpeg'))('in Chromium', () => {
  let browser: Browser
  let camera: FakeCamera
  let gateway: GatewayProcess

  beforeAll(async () => {
    const clip = await loadClip({ width: 320, height: 180, fps: 1, frames: 60, gop: 5, bitrate: 200_000 })
    camera = await startFakeCamera({ clip })
    gateway = await startGatewayProcess({ config: `cameras: { slow: { url: "${camera.url}", name: Patio }, demo: test:clock }` })
    browser = await openChromium()
  }, 60_000)

  afterAll(async () => {
    await browser.close()
    await gateway[Symbol.asyncDispose]()
    await camera.stop()
  })

  it('a new picture of a camera with one picture a second is on the screen within 100 ms', { timeout: 40_000 }, async () => {
    const page = await browser.newPage()
    await page.goto(`${gateway.url}/status`)
    await page.evaluate(WATCH_IMAGE)
    await page.waitForFunction('shown.length >= 7', undefined, { timeout: 30_000 })
    const shown = await page.evaluate<Shown[]>('shown')
    await page.close()
    // The first picture is that of the last keyframe, taken before the page was opened; the browser has warmed up after two more.
    const delays = shown.slice(3).map(({ at, luma }) => {
      const frame = readMark(Buffer.from(luma, 'base64'), 320, 180)?.frame
      const written = camera.written.findLast((entry) => entry.frame === frame)
      return at - (written?.at ?? Number.NaN)
    })
    const median = delays.toSorted((a, b) => a - b)[Math.floor(delays.length / 2)]
    expect(median).toBeLessThan(100)
    expect(Math.max(...delays)).toBeLessThan(600)
  })

  it('the page at / shows every camera, moving, with its state and a link to its snapshot', { timeout: 40_000 }, async () => {
    const page = await browser.newPage({ locale: 'es-GT' })
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    await page.goto(gateway.url, { waitUntil: 'domcontentloaded' })
    const figure = page.locator('figure[data-id="demo"]')
    await figure.getByText('en vivo').waitFor({ timeout: 10_000 })
    await page.locator('figure[data-id="slow"]').getByText('Patio').waitFor()
    await vi.waitFor(async () => expect(await naturalWidth(page, 'demo')).toBe(640), { timeout: 5000 })
    const before = await figure.locator('img').screenshot()
    await vi.waitFor(async () => expect((await figure.locator('img').screenshot()).equals(before)).toBe(false), { timeout: 5000 })
    const link = await figure.getByText('Foto').getAttribute('href')
    expect(link).toBe('camera/demo/snapshot')
    expect(complaints).toEqual([])
    await page.close()
  })

  it('the page at / comes back to life when the program was restarted', { timeout: 40_000 }, async () => {
    const port = await freePort()
    const first = await startGatewayProcess({ port })
    const page = await browser.newPage()
    await page.goto(first.url, { waitUntil: 'domcontentloaded' })
    const figure = page.locator('figure[data-id="1"]')
    await figure.getByText('live').waitFor({ timeout: 10_000 })
    await first[Symbol.asyncDispose]()
    await figure.getByText('offline').waitFor({ timeout: 10_000 })
    const second = await startGatewayProcess({ port })
    await figure.getByText('live').waitFor({ timeout: 10_000 })
    await vi.waitFor(async () => expect((await second.getJson<{ 1: { viewers: number } }>('/status'))[1].viewers).toBe(1), {
      timeout: 5000,
    })
    await page.close()
    await second[Symbol.asyncDispose]()
  })

  it('a page of another origin may embed the pictures', async () => {
    const other = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html').end(`<img id="camera" src="${gateway.url}/camera/demo">`)
    }).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`, { waitUntil: 'commit' })
    await page.waitForFunction('document.querySelector("#camera").naturalWidth === 640', undefined, { timeout: 10_000 })
    await page.close()
    other.close()
  })
})

/** A picture as the page saw it. */
interface Shown {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The luma plane, 320 × 180, in base64. */
  readonly luma: string
}

/** Runs in the page: notes when the picture in an `<img>` changes, and the luma of what is then seen. */
const WATCH_IMAGE = `
const shown = window.shown = []
const image = document.createElement('img')
image.src = '/camera/slow'
document.body.append(image)
const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 })
const context = canvas.getContext('2d', { willReadFrequently: true })
let former = ''
setInterval(() => {
  if (!image.naturalWidth) return
  context.drawImage(image, 0, 0)
  const { data } = context.getImageData(0, 0, 320, 180)
  const code = Array.from({ length: 40 }, (_, column) => data[(4 * 320 + column * 8 + 4) * 4 + 1] > 128).join()
  if (code === former) return
  former = code
  const luma = Array.from({ length: 320 * 180 }, (_, pixel) => String.fromCharCode(data[pixel * 4 + 1])).join('')
  shown.push({ at: performance.timeOrigin + performance.now(), luma: btoa(luma) })
}, 4)
`

function naturalWidth(page: Page, id: string): Promise<number> {
  return page.evaluate<number>(`document.querySelector('figure[data-id="${id}"] img').naturalWidth`)
}
