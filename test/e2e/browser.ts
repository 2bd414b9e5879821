import { execFileSync } from 'node:child_process'
import { type Browser, chromium, firefox } from 'playwright-core'
import { chromiumPath, firefoxPath } from '../../scripts/peers.mjs'
import { openWebkitPage } from './webkit-page.ts'

/** What Chromium is started with, so that it talks to nobody but us. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Debian's Chromium, headless, talking to nobody but us. */
export function openChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: fullPath(chromiumPath() ?? 'chromium'), args: CHROMIUM_ARGS })
}

/** Debian's Firefox ESR, headless, by WebDriver BiDi. */
export function openFirefox(): Promise<Browser> {
  return firefox.launch({
    channel: 'moz-firefox', // the unpatched one
    executablePath: fullPath(firefoxPath() ?? 'firefox-esr'),
    firefoxUserPrefs: {
      'app.update.enabled': false,
      'browser.safebrowsing.downloads.remote.enabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
    },
  })
}

/** One page of any browser: what all of them can do alike. */
export interface BrowserPage extends AsyncDisposable {
  /** Begins to load the page; resolves when it can run scripts, whatever else still loads. */
  goto(url: string): Promise<void>
  /** The value of an expression, which may be a promise, in the page. */
  evaluate<T>(expression: string): Promise<T>
}

/** The engines of all browsers, to run one test in each: `describe.each(BROWSERS)('in $name', …)`; ask `requirePeer(peer)` first. */
export const BROWSERS = [
  { name: 'Chromium', peer: 'chromium', openPage: () => openPageOf(openChromium()) },
  { name: 'Firefox', peer: 'firefox', openPage: () => openPageOf(openFirefox()) },
  { name: 'WebKitGTK', peer: 'webkitgtk', openPage: openWebkitPage },
] as const satisfies readonly {
  readonly name: string
  readonly peer: string
  readonly openPage: () => Promise<BrowserPage>
}[]

async function openPageOf(opening: Promise<Browser>): Promise<BrowserPage> {
  const browser = await opening
  const page = await browser.newPage()
  return {
    goto: async (url) => void (await page.goto(url, { waitUntil: 'commit' })),
    evaluate: (expression) => page.evaluate(expression),
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

function fullPath(command: string): string {
  return execFileSync('which', [command], { encoding: 'utf8' }).trim()
}
