import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sourceFromText } from '../../src/config/camera-source.ts'
import { parseJpegHeader } from '../../src/media/jpeg.ts'
import { freePort } from '../e2e/gateway-process.ts'
import { loadClip } from '../fake-camera/clip.ts'
import { type FakeCamera, startFakeCamera } from '../fake-camera/fake-camera.ts'
import { requirePeer } from '../peers/required.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { readTutorial, type TutorialSection } from './tutorial-page.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const folder = temporaryFolder()
const english = readTutorial('coming-from.md')

describe('docs/coming-from.es.md', () => {
  const spanish = readTutorial('coming-from.es.md')

  it.each(english.map((section, index) => [section.title, index] as const))(
    'has the files, commands and addresses of: %s',
    (_, index) => {
      const { title, ...translated } = spanish[index] ?? { title: '' }
      const { title: original, ...section } = english[index] ?? { title: '' }
      expect(title === '').toBe(original === '')
      expect(translated).toEqual(section)
    },
  )
})

it.each([
  ['USB cameras', '0', /atalaya serve 0 --port 8007/],
  ['USB cameras', '/dev/video0', /`atalaya serve \/dev\/video0`/],
])('the pages say rightly that %s are opened as %s', (_, address, sentence) => {
  expect(sourceFromText(address).kind).toBe('device')
  for (const page of ['coming-from.md', 'coming-from.es.md'])
    expect(readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')).toMatch(sentence)
})

describe.runIf(requirePeer('ffmpeg'))('docs/coming-from.md', () => {
  let camera: FakeCamera
  let server: { child: ChildProcess; url: string; output: string } | undefined

  beforeAll(async () => {
    const clip = await loadClip({ width: 320, height: 180, fps: 30, frames: 30, gop: 10, bitrate: 600_000 })
    camera = await startFakeCamera({ clip, credentials: { user: 'admin', password: 'secret' }, senderReportMs: 200 })
    await mkdir(join(folder.path, 'bin'))
    await writeFile(join(folder.path, 'bin', 'atalaya'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`)
    await chmod(join(folder.path, 'bin', 'atalaya'), 0o755)
  }, 60_000)

  afterAll(async () => {
    await stopServer()
    await camera.stop()
  })

  /** The page's cameras are all this one. */
  const atHome = (text: string) =>
    text.replaceAll(/192\.168\.\d+\.\d+:554/g, `127.0.0.1:${camera.port}`).replaceAll(/192\.168\.\d+\.\d+/g, '127.0.0.1')

  const settings = (cwd: string) => ({ cwd, env: { ...process.env, PATH: `${join(folder.path, 'bin')}:${process.env['PATH']}` } })

  async function stopServer(): Promise<void> {
    if (!server) return
    const { child } = server
    const stopped = server
    server = undefined
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
    expect(child.exitCode, stopped.output).toBe(0)
  }

  async function startServer(command: string, cwd: string): Promise<void> {
    await stopServer()
    const port = await freePort()
    const local = command.replace(/ --port \d+/, '').replace('0.0.0.0', '127.0.0.1')
    const child = spawn('bash', ['-c', `exec ${local} --port ${port}`], { ...settings(cwd), stdio: ['ignore', 'pipe', 'pipe'] })
    const started = { child, url: `http://127.0.0.1:${port}`, output: '' }
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (started.output += text))
    server = started
    const isReady = async () => expect((await fetch(`${started.url}/readyz`)).ok, started.output).toBe(true)
    await vi.waitFor(isReady, { timeout: 15_000 })
    expect(started.output).not.toContain('secret')
  }

  async function runOnce(command: string, cwd: string): Promise<void> {
    const local = server ? command.replace(/http:\/\/127\.0\.0\.1:\d+/, server.url) : command
    const child = spawn('bash', ['-c', local], { ...settings(cwd), stdio: ['ignore', 'pipe', 'pipe'], timeout: 40_000 })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
    const [status] = await once(child, 'close')
    expect(status, `${command}\n${output}`).toBe(0)
    expect(output).not.toContain('secret')
  }

  async function tryOut({ files, commands, addresses }: TutorialSection, cwd: string): Promise<void> {
    await mkdir(cwd)
    for (const { name, text } of files) await writeFile(join(cwd, name), atHome(text))
    for (const command of commands.map(atHome)) {
      if (/^atalaya (?:serve|demo)/.test(command)) await startServer(command, cwd)
      else await runOnce(command, cwd)
    }
    const { cameras } = (await (await fetch(`${server?.url}/api/cameras`)).json()) as { cameras: { id: string }[] }
    for (const address of addresses) {
      const aborter = new AbortController()
      const answer = await fetch(server?.url + address.replace('{id}', cameras[0]?.id ?? ''), { signal: aborter.signal })
      expect([address, answer.status]).toEqual([address, 200])
      aborter.abort()
    }
    for (const name of (await readdir(cwd)).filter((file) => file.endsWith('.jpg')))
      expect(parseJpegHeader(await readFile(join(cwd, name)))).toMatchObject({ width: 320, height: 180 })
    await stopServer()
  }

  const sections = english.filter(({ commands }) => commands.length > 0)

  it('has something to try out for every service', () => {
    expect(sections.map(({ title }) => title.split(/[, ]/)[0])).toEqual([
      'Flask',
      'FastAPI',
      'go2rtc',
      'MediaMTX',
      'motion',
      'mjpg-streamer',
    ])
  })

  it.each(sections.map((section) => [section.title, section] as const))(
    'works as it is written: %s',
    { timeout: 90_000 },
    async (title, section) => {
      await tryOut(section, join(folder.path, title.replaceAll(/\W+/g, '-')))
    },
  )
})
