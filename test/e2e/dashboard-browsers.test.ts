import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { requirePeer } from '../peers/required.ts'
import { BROWSERS, type BrowserPage } from './browser.ts'
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts'

const SOON = { timeout: 20_000, interval: 50 }

let gateway: GatewayProcess

beforeAll(async () => {
  gateway = await startGatewayProcess({
    config: 'cameras: { clock: { url: "test:clock", name: Clock }, dark: "rtsp://127.0.0.1:1/stream" }\n',
  })
}, 60_000)

afterAll(() => gateway?.[Symbol.asyncDispose]())

// What people do in it is tried in Chromium; here is what depends on the engine.
describe.each(BROWSERS.slice(1))('the dashboard in $name', ({ peer, openPage }) => {
  it.runIf(requirePeer(peer))('shows the wall, a camera and what is wrong with another', { timeout: 90_000 }, async () => {
    await using page = await openPage()
    await page.goto(gateway.url)
    await becomes(page, 'tiles', `all('atalaya-camera-tile').map(({ camera }) => camera.state).join()`, 'live,offline')
    await becomes(page, 'pictures', `all('atalaya-camera')[0].stats?.fps > 1`, true)
    await ask(page, `all('atalaya-camera-tile a')[0].click()`)
    await becomes(
      page,
      'camera',
      `[location.search, all('atalaya-camera-focus h2')[0]?.textContent].join()`,
      '?camera=clock,Clock',
    )
    await becomes(page, 'its pictures', `all('atalaya-camera-focus atalaya-camera')[0].stats?.fps > 1`, true)
    await ask(page, 'history.back()')
    await becomes(page, 'wall again', `all('atalaya-camera-tile').length`, 2)
    await page.goto(`${gateway.url}/?camera=dark`)
    await becomes(page, 'advice', `all('atalaya-dark-panel li').length > 0`, true)
  })
})

async function becomes(page: BrowserPage, what: string, expression: string, value: unknown): Promise<void> {
  await vi.waitFor(async () => expect([what, await ask(page, expression)]).toEqual([what, value]), SOON)
}

function ask(page: BrowserPage, expression: string): Promise<unknown> {
  return page.evaluate(`(() => { ${ALL}; return ${expression} })()`)
}

/** All elements that a selector finds, each of its steps in whatever shadow root. */
const ALL = `function all(path) {
  const within = (root, selector) => [...root.querySelectorAll('*')].flatMap((element) => [
    ...(element.matches(selector) ? [element] : []),
    ...(element.shadowRoot ? within(element.shadowRoot, selector) : []),
  ])
  return path.split(' ').reduce((roots, step) => roots.flatMap((root) => within(root.shadowRoot ?? root, step)), [document])
}`
