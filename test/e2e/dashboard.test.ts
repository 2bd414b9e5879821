import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { root } from '../../scripts/toolchain.mjs'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import { loadClip } from '../fake-camera/clip.ts'
import { type FakeCamera, startFakeCamera } from '../fake-camera/fake-camera.ts'
import { requirePeer } from '../peers/required.ts'
import { openChromium } from './browser.ts'
import { freePort, type GatewayProcess, startGatewayProcess } from './gateway-process.ts'

const SOON = { timeout: 10_000 }
const NASTY = '<img src=x onerror=alert(1)>'
/** Where the pictures of the pages are left for whoever wants to look at them. */
const SCREENSHOTS = join(root, '.cache', 'screenshots')

describe.runIf(requirePeer('chromium') && requirePeer('ffmpeg'))('the dashboard', () => {
  let browser: Browser
  let camera: FakeCamera
  let gateway: GatewayProcess

  beforeAll(async () => {
    const clip = await loadClip({ width: 320, height: 180, fps: 30, frames: 30, gop: 10, bitrate: 600_000 })
    camera = await startFakeCamera({ clip })
    gateway = await startGatewayProcess({
      config: `
destinations: [127.0.0.1]
cameras:
  clock: { url: "test:clock", name: Clock }
  nasty: { url: "test:smpte", name: "${NASTY}" }
  yard: { url: "${camera.url}", name: Yard }
  dark: { url: "rtsp://127.0.0.1:1/stream", name: Store room }
`,
    })
    browser = await openChromium()
    await mkdir(SCREENSHOTS, { recursive: true })
  }, 60_000)

  afterAll(async () => {
    await browser.close()
    await gateway[Symbol.asyncDispose]()
    await camera.stop()
  })

  it('shows every camera, moving, with its name and state, on one connection', { timeout: 40_000 }, async () => {
    const complaints: string[] = []
    const page = await open('/', { complaints })
    for (const name of ['Clock', NASTY, 'Yard']) await page.getByRole('link', { name: `${name}: Live` }).waitFor(SOON)
    await page.getByRole('link', { name: 'Store room: No signal' }).waitFor(SOON)
    await page.getByText('3 live, 1 without picture').waitFor(SOON)
    for (const id of ['clock', 'nasty', 'yard']) await expectMoving(page, id)
    expect(await page.locator('img').count()).toBe(0)
    expect(complaints).toEqual([])
    await page.screenshot({ path: join(SCREENSHOTS, 'wall.png') })
    await page.close()
  })

  it('opens a camera with its figures by a click, and another by the keyboard', { timeout: 40_000 }, async () => {
    const page = await open('/')
    await page.getByRole('link', { name: 'Clock: Live' }).click(SOON)
    await page.getByRole('heading', { name: 'Clock' }).waitFor(SOON)
    expect(new URL(page.url()).search).toBe('?camera=clock')
    await page.getByText(/^\d+ ms$/).waitFor(SOON)
    await page.getByText('640 × 360').waitFor(SOON)
    expect(await page.getByRole('textbox', { name: 'Image' }).textContent()).toBe(
      `<img src="${gateway.url}/camera/clock" alt="">`,
    )
    await page.screenshot({ path: join(SCREENSHOTS, 'camera.png') })
    await page.keyboard.press('ArrowRight')
    await page.getByRole('heading', { name: NASTY }).waitFor(SOON)
    await page.keyboard.press('3')
    await page.getByRole('heading', { name: 'Yard' }).waitFor(SOON)
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Clock: Live' }).waitFor(SOON)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: NASTY }).waitFor(SOON)
    await page.goBack()
    await page.getByRole('link', { name: 'Clock: Live' }).waitFor(SOON)
    const saved = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Clock: Live' }).click()
    await page.getByRole('link', { name: 'Save picture' }).waitFor(SOON)
    await page.keyboard.press('s')
    expect((await saved).suggestedFilename()).toBe('clock.jpg')
    await page.close()
  })

  it('tells who stands in front of a dark camera at night when, why and what to try, and shows it when it is back', {
    timeout: 60_000,
  }, async () => {
    const { port } = new URL(camera.url)
    const page = await open('/', { locale: 'es-GT' })
    await page.getByRole('link', { name: 'Yard: En vivo' }).waitFor(SOON)
    await camera.stop()
    const tile = page.getByRole('link', { name: 'Yard: Sin señal' })
    await tile.waitFor(SOON)
    await page
      .locator('[data-camera="yard"]')
      .getByText(/Sin señal desde las \d\d:\d\d:\d\d/)
      .waitFor(SOON)
    await page.screenshot({ path: join(SCREENSHOTS, 'dark.png') })
    await tile.click()
    await page.getByText('Qué probar').waitFor(SOON)
    await page.getByText('Espere un minuto: puede estar reiniciando.').waitFor(SOON)
    await page.getByRole('button', { name: 'Averiguar por qué' }).click()
    await page.getByText(`127.0.0.1 responde, pero no en el puerto ${port}.`).waitFor({ timeout: 20_000 })
    const clip = await loadClip({ width: 320, height: 180, fps: 30, frames: 30, gop: 10, bitrate: 600_000 })
    camera = await startFakeCamera({ clip, port: Number(port) })
    await page.getByText('Sin señal desde las').waitFor({ ...SOON, state: 'detached' })
    await page.getByText('En vivo', { exact: true }).waitFor(SOON)
    await page.keyboard.press('e')
    await page.getByRole('row').filter({ hasText: 'Yard' }).filter({ hasText: 'Sin señal' }).first().waitFor(SOON)
    await page.close()
  })

  it('puts a camera on hold and starts it again, and looking at it does not', { timeout: 40_000 }, async () => {
    const page = await open('/?camera=nasty')
    await page.getByRole('button', { name: 'Put on hold' }).click(SOON)
    await page.getByText('Somebody put this camera on hold.').waitFor(SOON)
    await page.reload({ waitUntil: 'commit' })
    await page.getByText('Somebody put this camera on hold.').waitFor(SOON)
    expect((await gateway.getJson<Record<string, CameraStatus>>('/status'))['nasty']?.state).toBe('stopped')
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByText('Live', { exact: true }).waitFor(SOON)
    await page.close()
  })

  it('adds, tries, changes and removes a camera, and shows what is wrong beside the field', { timeout: 60_000 }, async () => {
    const page = await open('/')
    await page.getByRole('link', { name: 'Add camera' }).click(SOON)
    await page.getByLabel('Address', { exact: true }).fill('rtsp//nowhere')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('#url-problem').waitFor(SOON)
    expect(await page.locator('#url').getAttribute('aria-invalid')).toBe('true')
    await page.getByLabel('Address', { exact: true }).fill(camera.url)
    await page.getByLabel('Name').fill('Gate')
    await page.getByLabel('Id', { exact: true }).fill('gate')
    await page.getByRole('button', { name: 'Test' }).click()
    await page.getByText('Everything works.').waitFor({ timeout: 20_000 })
    await page.screenshot({ path: join(SCREENSHOTS, 'form.png') })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Gate' }).waitFor(SOON)
    await page.getByText('Live', { exact: true }).waitFor(SOON)
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByLabel('Name').fill('Front gate')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Front gate' }).waitFor(SOON)
    expect((await gateway.getJson<{ settings: object }>('/api/cameras/gate')).settings).toEqual({
      url: camera.url,
      name: 'Front gate',
    })
    await page.getByRole('button', { name: 'Edit' }).click()
    page.on('dialog', (dialog) => void dialog.accept())
    await page.getByRole('button', { name: 'Remove' }).click()
    await vi.waitFor(async () => expect((await fetch(`${gateway.url}/api/cameras/gate`)).status).toBe(404), SOON)
    await page.getByRole('link', { name: 'Clock: Live' }).waitFor(SOON)
    await page.goto(`${gateway.url}/?edit=yard`, { waitUntil: 'commit' })
    await page.getByText('stands in the configuration file').waitFor(SOON)
    await page.close()
  })

  it('keeps language and colours as they were chosen', { timeout: 30_000 }, async () => {
    const page = await open('/')
    await page.getByRole('button', { name: 'Español' }).click(SOON)
    await page.getByRole('link', { name: 'Añadir cámara' }).waitFor(SOON)
    await page.getByRole('button', { name: 'Colores: Como el sistema' }).click()
    await page.getByRole('button', { name: 'Colores: Oscuro' }).click()
    await page.reload({ waitUntil: 'commit' })
    await page.getByRole('button', { name: 'Colores: Claro' }).waitFor(SOON)
    expect(await page.evaluate('document.documentElement.lang')).toBe('es')
    expect(await page.locator('atalaya-dashboard').getAttribute('data-theme')).toBe('light')
    await page.close()
  })

  it('keeps its layout in its address: a kiosk of two cameras in one column', { timeout: 30_000 }, async () => {
    const page = await open('/?kiosk&columns=1&only=yard,clock')
    await page.getByRole('link', { name: 'Yard: Live' }).waitFor(SOON)
    expect(await page.getByRole('link').count()).toBe(2)
    expect(await page.getByRole('button').count()).toBe(0)
    const [first, second] = await Promise.all(['yard', 'clock'].map((id) => page.locator(`[data-camera="${id}"]`).boundingBox()))
    expect(second?.x).toBe(first?.x)
    expect(second?.y).toBeGreaterThan((first?.y ?? 0) + (first?.height ?? 0))
    await page.close()
  })

  it.each([
    [360, 740],
    [3840, 2160],
  ])('fits a screen of %i by %i', { timeout: 30_000 }, async (width, height) => {
    for (const path of ['/', '/?camera=clock', '/?add']) {
      const page = await open(path, { viewport: { width, height } })
      await page.getByText('3 live, 1 without picture').waitFor(SOON)
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, width])
      expect(await page.evaluate(STICKS_OUT)).toEqual([])
      await page.screenshot({ path: join(SCREENSHOTS, `${width}${path.replaceAll(/\W/g, '-')}.png`) })
      await page.close()
    }
  })

  it.each(['dark', 'light'] as const)(
    'can be used by everybody (WCAG 2.2 AA), in %s',
    { timeout: 60_000 },
    async (colorScheme) => {
      for (const path of ['/', '/?camera=clock', '/?camera=dark', '/?add', '/?edit=clock', '/?events']) {
        const page = await open(path, { colorScheme, bypassCSP: true })
        await page.getByText('3 live, 1 without picture').waitFor(SOON)
        await page.evaluate(axe.source)
        const found = await page.evaluate<{ id: string; nodes: string[] }[]>(RUN_AXE)
        expect([path, found]).toEqual([path, []])
        await page.close()
      }
    },
  )

  it('says within two seconds that the gateway is gone, and recovers by itself', { timeout: 60_000 }, async () => {
    const port = await freePort()
    const first = await startGatewayProcess({ port })
    const page = await browser.newPage({ locale: 'en' })
    await page.goto(first.url, { waitUntil: 'commit' })
    await page.getByRole('link', { name: 'Clock: Live' }).waitFor(SOON)
    first.signal('SIGKILL')
    await page.locator('.gone').getByText('The gateway does not answer.').waitFor({ timeout: 2000 })
    await first.ended()
    await using second = await startGatewayProcess({ port })
    await page.locator('.gone').waitFor({ state: 'detached', timeout: 3000 })
    await vi.waitFor(
      async () => expect((await second.getJson<Record<string, CameraStatus>>('/status'))['1']?.viewers).toBe(1),
      SOON,
    )
    await expectMoving(page, '1')
    await page.close()
  })

  it('is loaded with at most 100 KB', async () => {
    const page = await (await fetch(gateway.url, { headers: { Accept: 'text/html' } })).text()
    const files = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path = '']) => path)
    expect(files.length).toBeGreaterThan(1)
    const bodies = await Promise.all(files.map(async (path) => (await fetch(`${gateway.url}/${path}`)).arrayBuffer()))
    const bytes = [Buffer.from(page), ...bodies.map((body) => Buffer.from(body))].map((body) => gzipSync(body).length)
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(100_000)
  })

  interface PageOptions {
    readonly complaints?: string[]
    readonly locale?: string
    readonly viewport?: { readonly width: number; readonly height: number }
    readonly colorScheme?: 'dark' | 'light'
    readonly bypassCSP?: boolean
  }

  async function open(path: string, { complaints, ...options }: PageOptions = {}): Promise<Page> {
    const page = await browser.newPage({ locale: 'en-GB', ...options })
    page.on('dialog', () => complaints?.push('a dialog'))
    page.on('pageerror', (error) => complaints?.push(error.message))
    page.on('console', (message) => message.type() === 'error' && complaints?.push(message.text()))
    await page.goto(gateway.url + path, { waitUntil: 'commit' })
    return page
  }

  async function expectMoving(page: Page, id: string): Promise<void> {
    const picture = page.locator(`[data-camera="${id}"] canvas`)
    await picture.waitFor(SOON)
    const before = await picture.screenshot()
    await vi.waitFor(async () => expect((await picture.screenshot()).equals(before)).toBe(false), SOON)
  }
})

/** What of the page lies to the right of the window. */
const STICKS_OUT = `(() => {
  const parts = (root) => [...root.querySelectorAll('*')].flatMap((part) => [part, ...(part.shadowRoot ? parts(part.shadowRoot) : [])])
  return parts(document)
    .filter((part) => part.getBoundingClientRect().width > 0 && part.getBoundingClientRect().right > innerWidth + 1)
    .map((part) => part.localName + '.' + part.className)
})()`

const RUN_AXE = `axe
  .run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
  .then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ target, failureSummary }) => target.flat().join(' ') + ': ' + failureSummary) })))`
