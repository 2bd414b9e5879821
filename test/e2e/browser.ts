import { type Browser, chromium } from 'playwright-core'
import { PEERS } from '../../scripts/peers.mjs'

/** Debian's Chromium, headless, talking to nobody but us. */
export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: PEERS.chromium.path(),
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
