import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium, type Page } from 'playwright-core'
import { chromiumPath } from '../../scripts/peers.mjs'
import { CHROMIUM_ARGS } from './browser.ts'
import { endGroup, startHiddenScreen } from './hidden-screen.ts'

/** A window with tabs, on a screen that nobody sees. */
export interface ChromiumWindow extends AsyncDisposable {
  readonly page: Page
}

/**
 * Opens a window of Debian's Chromium in which a tab behind another one is hidden, as for a person: in a browser that
 * Playwright starts itself, every page believes that it is in front.
 */
export async function openWindow(): Promise<ChromiumWindow> {
  const home = await mkdtemp(join(tmpdir(), 'atalaya-chromium-'))
  const screen = await startHiddenScreen()
  const program = spawn(
    chromiumPath() ?? 'chromium',
    [...CHROMIUM_ARGS, '--remote-debugging-port=0', `--user-data-dir=${home}`, 'about:blank'],
    { env: { ...process.env, DISPLAY: screen.display }, stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  )
  const release = async () => {
    await endGroup(program)
    await screen.stop()
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const browser = await chromium.connectOverCDP(await readAddress(program.stderr), { noDefaults: true })
    const page = browser.contexts()[0]?.pages()[0]
    if (!page) throw new Error('Chromium opened no tab')
    return {
      page,
      [Symbol.asyncDispose]: async () => {
        await browser.close()
        await release()
      },
    }
  } catch (error) {
    await release()
    throw error
  }
}

/** Where Chromium listens for what it shall do; it says so once. */
async function readAddress(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [, address] = /^DevTools listening on (ws:\S+)/.exec(line) ?? []
    if (address) {
      output.resume()
      return address
    }
  }
  throw new Error('Chromium ended before it listened')
}
