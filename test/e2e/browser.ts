import { execFileSync } from 'node:child_process'
import { type Browser, chromium } from 'playwright-core'
import { chromiumPath } from '../../scripts/peers.mjs'

/** Debian's Chromium, headless, talking to nobody but us. */
export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: execFileSync('which', [chromiumPath() ?? 'chromium'], { encoding: 'utf8' }).trim(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
