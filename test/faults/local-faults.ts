import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pause } from '../../bench/waiting.ts'
import { MAIN } from '../e2e/gateway-process.ts'
import { ffmpeg } from '../engine/clips.ts'
import { buildFakeV4l2 } from '../peers/fake-v4l2.ts'
import { atLeast, atMost, type Fault, type Finding, holds, within } from './fault.ts'
import type { Lab } from './lab.ts'

const run = promisify(execFile)

/** What happens on the gateway's own machine: USB plugs, disks, files. */
export const localFaults: readonly Fault[] = [
  { id: 'F28', what: 'USB camera unplugged, and plugged in as another device', needs: ['gcc'], run: unplugged },
  { id: 'F33', what: 'the folder of the configuration is full, then read-only', needs: ['network'], run: diskFull },
  { id: 'F34', what: 'the configuration is broken at the start', hitsAll: true, run: brokenConfig },
]

async function unplugged(lab: Lab): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-usb-'))
  lab.use({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) })
  const jpeg = join(folder, 'picture.jpg')
  await writeFile(jpeg, await ffmpeg(['-f', 'lavfi', '-i', 'testsrc=size=320x180', '-frames:v', '1', '-f', 'mjpeg', 'pipe:1']))
  const [first, second] = [join(folder, 'fake-usb-camera-mjpeg-7'), join(folder, 'fake-usb-camera-mjpeg-8')]
  const stable = join(folder, 'usb-fake-usb-camera-mjpeg-index0')
  await copyFile(jpeg, first)
  await symlink(first, stable)
  await lab.start({ patient: `"v4l2:${stable}"` }, { env: { LD_PRELOAD: await buildFakeV4l2(folder) } })
  const viewer = await lab.watch('patient')
  await lab.begin()
  await rm(first)
  await rm(stable)
  const detected = await lab.untilState('patient', { state: 'offline', reason: 'unplugged' }, 10)
  await pause(2)
  await copyFile(jpeg, second)
  await symlink(second, stable)
  const recovered = await viewer.nextPicture(20)
  return {
    detected,
    recovered,
    checks: [
      within('noticed', detected, 3),
      within('pictures are back', recovered, 3),
      holds('on the same response', !viewer.isClosed),
    ],
  }
}

async function diskFull(lab: Lab): Promise<Finding> {
  const camera = await lab.camera()
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-small-'))
  // Seen by this mount namespace alone, to which the gateway belongs.
  await run('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'none', folder])
  lab.use({ [Symbol.asyncDispose]: async () => void (await run('umount', ['--lazy', folder])) })
  await lab.start({ patient: camera.url }, { folder, config: 'destinations: [127.0.0.1]' })
  const viewer = await lab.watch('patient')
  const add = (id: string) =>
    fetch(`${lab.gateway.url}/api/cameras`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ id, url: 'rtsp://127.0.0.1:10554/1' }),
    }).then(({ status }) => status)
  const kept = () => readFile(join(folder, 'atalaya.local.yaml'), 'utf8')
  const roomy = await add('one')
  const before = await kept()
  await lab.begin()
  viewer.reset()
  await writeFile(join(folder, 'filler'), Buffer.alloc(64 * 1024)).catch(() => 'full')
  const full = await add('two')
  await run('mount', ['-o', 'remount,ro', folder])
  const readOnly = await add('three')
  await viewer.morePictures(20, 10)
  return {
    checks: [
      holds('a camera is kept while there is room', roomy === 201 && before.includes('one')),
      atLeast('status where the disk is full', full, 500),
      atLeast('status where it is read-only', readOnly, 500),
      holds('the file is as it was', (await kept()) === before),
      within('the widest gap between two pictures', viewer.widestGap, 1),
    ],
  }
}

async function brokenConfig(lab: Lab): Promise<Finding> {
  await lab.start({})
  await lab.begin()
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-broken-'))
  lab.use({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) })
  const good = 'cameras: { a: test:clock }\n'
  const texts: readonly (readonly [string, string])[] = [
    ['cameras: { a: rtsp://10.0.0.', ''],
    ['cameras:\n  a: {\n', ''],
    ['\0\0\0\0', ''],
    [good, '# Written by Atalaya\ncameras:\n  "b":\n    url: "rts'],
  ]
  const ends = []
  for (const [main, local] of texts) {
    await writeFile(join(folder, 'atalaya.yaml'), main)
    await rm(join(folder, 'atalaya.local.yaml'), { force: true })
    if (local) await writeFile(join(folder, 'atalaya.local.yaml'), local)
    ends.push(await startAndEnd(folder))
  }
  return {
    checks: [
      atLeast('starts that end with 78', ends.filter(({ code }) => code === 78).length, texts.length),
      atLeast('that name the file', ends.filter(({ text }) => /atalaya(\.local)?\.yaml/.test(text)).length, texts.length),
      atMost('lines at most', Math.max(...ends.map(({ text }) => text.trim().split('\n').length)), 12),
    ],
  }
}

async function startAndEnd(folder: string): Promise<{ code: number; text: string }> {
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += String(data)))
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  const [code] = await once(child, 'close')
  clearTimeout(timer)
  return { code: typeof code === 'number' ? code : -1, text }
}
