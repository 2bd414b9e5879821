import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { webkitPath } from '../../scripts/peers.mjs'
import type { BrowserPage } from './browser.ts'
import { freePort } from './gateway-process.ts'
import { endGroup, startHiddenScreen } from './hidden-screen.ts'

/**
 * A page of WebKitGTK's MiniBrowser, on a screen that nobody sees, by WebDriver (W3C). It shares its engine with Safari,
 * but not its network code.
 */
export async function openWebkitPage(): Promise<BrowserPage> {
  const home = await mkdtemp(join(tmpdir(), 'atalaya-webkit-'))
  const screen = await startHiddenScreen()
  const port = await freePort()
  const driver = spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], {
    env: { ...process.env, DISPLAY: screen.display, HOME: home, XDG_RUNTIME_DIR: home, WEBKIT_DISABLE_DMABUF_RENDERER: '1' },
    stdio: 'ignore',
    detached: true, // the browser and its helpers are ended with it, as one group
  })
  const release = async () => {
    await endGroup(driver)
    await screen.stop()
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const session = await openSession(`http://127.0.0.1:${port}`)
    return {
      goto: async (url) => void (await command(`${session}/url`, { url })),
      evaluate: <T>(expression: string) => command<T>(`${session}/execute/async`, { script: scriptOf(expression), args: [] }),
      [Symbol.asyncDispose]: async () => {
        await fetch(session, { method: 'DELETE' })
        await release()
      },
    }
  } catch (error) {
    await release()
    throw error
  }
}

/** The last argument is the callback by which a script tells its result (WebDriver 13.2.2). No page forbids it, as it would `eval`. */
function scriptOf(expression: string): string {
  return `const done = arguments[0]; Promise.resolve(${expression}).then(done, (error) => done(String(error)))`
}

async function openSession(driver: string): Promise<string> {
  const options = { binary: webkitPath(), args: ['--automation'] }
  const capabilities = { alwaysMatch: { pageLoadStrategy: 'none', 'webkitgtk:browserOptions': options } }
  for (let attempt = 0; ; attempt++) {
    try {
      const { sessionId } = await command<{ sessionId: string }>(`${driver}/session`, { capabilities })
      return `${driver}/session/${sessionId}`
    } catch (error) {
      if (attempt === 100 || !(error instanceof TypeError)) throw error // a TypeError of fetch: it does not listen yet
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function command<T>(url: string, body: unknown): Promise<T> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  const { value } = (await answer.json()) as { value: T & { message?: string } }
  if (!answer.ok) throw new Error(`WebKitWebDriver: ${value.message}`)
  return value
}
