import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadClip } from '../fake-camera/clip.ts'
import { type FakeCamera, startFakeCamera } from '../fake-camera/fake-camera.ts'
import { readMark } from '../fake-camera/mark.ts'
import { requirePeer } from '../peers/required.ts'
import { openChromium } from './browser.ts'
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts'

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
