import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requirePeer } from '../peers/required.ts'
import { openChromium } from './browser.ts'
import { type GatewayProcess, MAIN, startGatewayProcess } from './gateway-process.ts'

const SOON = { timeout: 20_000 }
const PASSWORD = 'the moon over Quetzaltenango'

describe.runIf(requirePeer('chromium'))('the dashboard of a gateway with users', () => {
  let browser: Browser
  let gateway: GatewayProcess
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atalaya-'))
    await writeFile(join(folder, 'atalaya.yaml'), 'cameras: { clock: "test:clock", bars: "test:smpte" }\n')
    await addUser('root', '--role', 'admin')
    await addUser('vera', '--role', 'viewer', '--cameras', 'clock')
    await addUser('otto', '--role', 'operator')
    gateway = await startGatewayProcess({ folder })
    browser = await openChromium()
  }, 60_000)

  afterAll(async () => {
    await browser.close()
    await gateway[Symbol.asyncDispose]()
  })

  it('asks a viewer to log in, leads back, and shows what they may see and do', { timeout: 60_000 }, async () => {
    const page = await logIn('vera', '/?camera=clock')
    await page.getByRole('heading', { name: 'clock' }).waitFor(SOON)
    await page.getByRole('link', { name: 'Save picture' }).waitFor(SOON)
    expect(await page.getByRole('button', { name: /hold|again|Edit/ }).count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Add camera' }).count()).toBe(0)
    await page.keyboard.press('Escape')
    await page.getByText('1 live').waitFor(SOON)
    expect(await page.locator('atalaya-camera-tile').count()).toBe(1)
    await page.keyboard.press('a')
    await page.getByText('Only administrators may add and change cameras.').waitFor(SOON)
    await page.context().close()
  })

  it('lets an operator stop and start cameras, and not change them', { timeout: 60_000 }, async () => {
    const page = await logIn('otto', '/?camera=bars')
    await page.getByRole('button', { name: 'Put on hold' }).click(SOON)
    await page.getByRole('button', { name: 'Start' }).click(SOON)
    await page.getByText('Live', { exact: true }).waitFor(SOON)
    expect(await page.getByRole('button', { name: 'Edit' }).count()).toBe(0)
    await page.context().close()
  })

  it('shows the cameras to a network without logins, and the way to log in', { timeout: 60_000 }, async () => {
    await using open = await startGatewayProcess({
      config: 'auth: { viewers: [127.0.0.0/8] }\ncameras: { clock: "test:clock" }\n',
    })
    const page = await browser.newPage({ locale: 'en' })
    await page.goto(open.url, { waitUntil: 'commit' })
    await page.getByText('1 live').waitFor(SOON)
    expect(await page.getByRole('link', { name: 'Add camera' }).count()).toBe(0)
    await page.getByRole('link', { name: 'Log in' }).click()
    await page.getByLabel('Password').waitFor(SOON)
    await page.context().close()
  })

  it('asks for a login again when somebody has logged out, or is no user any more', { timeout: 60_000 }, async () => {
    const page = await logIn('root', '/')
    await page.getByRole('link', { name: 'Add camera' }).waitFor(SOON)
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByLabel('Password').waitFor(SOON)
    await page.context().close()
    const other = await logIn('vera', '/')
    await other.getByText('1 live').waitFor(SOON)
    await command('user', 'remove', 'vera')
    await other.getByLabel('Password').waitFor(SOON)
    await other.context().close()
  })

  async function logIn(user: string, path: string): Promise<Page> {
    const page = await browser.newPage({ locale: 'en' })
    await page.goto(gateway.url + path, { waitUntil: 'commit' })
    await page.getByLabel('Name').fill(user, SOON)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('button', { name: 'Log out' }).waitFor(SOON)
    expect(page.url()).toBe(gateway.url + path)
    return page
  }

  const addUser = (name: string, ...rest: string[]) => command('user', 'add', name, ...rest, '--password-stdin')

  async function command(...args: string[]): Promise<void> {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['pipe', 'ignore', 'inherit'] })
    child.stdin.end(`${PASSWORD}\n`)
    expect(await once(child, 'exit')).toEqual([0, null])
  }
})
