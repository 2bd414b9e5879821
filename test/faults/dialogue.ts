import { writeFile } from 'node:fs/promises'
import { pause, waitUntil } from '../../bench/waiting.ts'
import type { FakeCamera, FakeCameraSettings } from '../fake-camera/fake-camera.ts'
import { atLeast, atMost, type Fault, type Finding, holds, within } from './fault.ts'
import { claimHosts } from './hosts-file.ts'
import type { Lab } from './lab.ts'
import { RedirectingCamera } from './redirecting-camera.ts'
import type { WatchedStream } from './watched-stream.ts'

/** Cameras that are hard to talk to. */
export const dialogue: readonly Fault[] = [
  {
    id: 'F16',
    what: 'Digest nonce goes stale every 2 s; MD5 and SHA-256, with and without qop and stale=true',
    run: staleNonces,
  },
  { id: 'F17', what: 'keepalive answered 400, 454, 405, with a wrong CSeq, or never', run: keepaliveRefused },
  { id: 'F18', what: 'session timeouts of 5, 10, 15 and 60 s, enforced', run: sessionTimeouts },
  { id: 'F19', what: 'one session only, and the old one lingers 60 s after a reset', run: lingeringSession },
  { id: 'F20', what: 'wrong password', run: wrongPassword },
  { id: 'F21', what: 'redirects: to another host, in a loop, to a file', run: redirects },
  { id: 'F22', what: 'the DNS name moves to another address', needs: ['network'], run: nameMoves },
]

const LOGIN = { user: 'admin', password: 'secret' }

async function staleNonces(lab: Lab): Promise<Finding> {
  // The keepalive goes out every second, and a nonce is good for two requests.
  const common = { credentials: LOGIN, sessionTimeout: 2, nonceUses: 2 }
  const cameras = {
    md5: await lab.camera(common),
    sha256: await lab.camera({ ...common, algorithm: 'SHA-256' }),
    qop: await lab.camera({ ...common, qop: true }),
    hidden: await lab.camera({ ...common, algorithm: 'SHA-256', qop: true, hidesStale: true }),
  }
  return undisturbed(lab, cameras, lab.choose(60, 8))
}

async function keepaliveRefused(lab: Lab): Promise<Finding> {
  const refusing = (status: number): Promise<FakeCamera> => lab.camera({ sessionTimeout: 2, answers: { GET_PARAMETER: status } })
  const cameras = {
    s400: await refusing(400),
    s454: await refusing(454),
    s405: await refusing(405),
    sequence: await lab.camera({ sessionTimeout: 2, cseq: 'previous' }),
    never: await lab.camera({ sessionTimeout: 2, mute: ['GET_PARAMETER'] }),
  }
  const finding = await undisturbed(lab, cameras, lab.choose(60, 8))
  const switched = [cameras.s400, cameras.s454, cameras.s405].map(
    ({ requests }) => requests.filter((method) => method === 'GET_PARAMETER').length,
  )
  return { ...finding, checks: [...finding.checks, atMost('asked the refused way, times', Math.max(...switched), 1)] }
}

async function sessionTimeouts(lab: Lab): Promise<Finding> {
  const timeouts = [5, 10, 15, 60]
  const cameras: Record<string, FakeCamera> = {}
  for (const timeout of timeouts) {
    cameras[`t${timeout}`] = await lab.camera({ sessionTimeout: timeout, enforcesTimeout: true })
  }
  return undisturbed(lab, cameras, lab.choose(600, 12))
}

/** Watches cameras that are difficult and finds that nobody sees it. */
async function undisturbed(lab: Lab, cameras: Readonly<Record<string, FakeCamera>>, seconds: number): Promise<Finding> {
  const ids = Object.keys(cameras)
  await lab.start(Object.fromEntries(Object.entries(cameras).map(([id, camera]) => [id, addressOf(camera)])))
  const viewers: WatchedStream[] = []
  for (const id of ids) viewers.push(await lab.watch(id))
  await lab.begin()
  for (const viewer of viewers) viewer.reset()
  await pause(seconds)
  const states = await Promise.all(ids.map((id) => lab.status(id)))
  return {
    checks: [
      within('the widest gap between two pictures', Math.max(...viewers.map(({ widestGap }) => widestGap)), 1),
      atMost(
        'connections lost',
        states.reduce((sum, { reconnects }) => sum + reconnects, 0),
        0,
      ),
      atLeast('cameras that are live', states.filter(({ state }) => state === 'live').length, ids.length),
      atMost('viewers lost', viewers.filter(({ isClosed }) => isClosed).length, 0),
    ],
  }
}

/** The address as the configuration takes it, with the credentials that every camera here has or ignores. */
function addressOf({ url }: FakeCamera): string {
  return `"${url.replace('rtsp://', `rtsp://${LOGIN.user}:${LOGIN.password}@`)}"`
}

async function lingeringSession(lab: Lab): Promise<Finding> {
  const lingers = lab.choose(60, 10)
  const camera = await lab.camera({ sessionLimit: { max: 1, lingerMs: lingers * 1000 } })
  await lab.start({ patient: camera.url })
  const viewer = await lab.watch('patient')
  await lab.begin()
  const asked = () => camera.requests.filter((method) => method === 'SETUP').length
  const before = asked()
  const fell = performance.now()
  await camera.kill()
  await camera.revive()
  const detected = await lab.untilState('patient', { state: 'offline', reason: 'busy' }, 10)
  await pause(lingers - (performance.now() - fell) / 1000)
  const tries = asked() - before
  const recovered = await viewer.nextPicture(80)
  return {
    detected,
    recovered,
    checks: [
      within('told as busy', detected, 4),
      // Every 15 s, less the jitter of a fifth.
      atMost('tries while it was busy', tries, Math.ceil(lingers / 12)),
      within('pictures are back, from the fault on', (performance.now() - fell) / 1000, lab.choose(75, 25)),
      holds('on the same response', !viewer.isClosed),
    ],
  }
}

async function wrongPassword(lab: Lab): Promise<Finding> {
  const camera = await lab.camera({ credentials: LOGIN })
  await lab.start({}, { config: 'destinations: [127.0.0.0/8]' })
  await lab.begin()
  const address = camera.url.replace('rtsp://', 'rtsp://admin:wrong@')
  const began = performance.now()
  await send(lab, 'POST', '/api/cameras', { id: 'patient', url: address })
  const detected = await lab.untilState('patient', { state: 'offline', reason: 'auth-failed' }, 10)
  const tries = () => camera.refusedLogins
  await pause(lab.choose(60, 5) - (performance.now() - began) / 1000)
  const inFirstMinute = tries()
  await pause(lab.choose(60, 0))
  const later = tries() - inFirstMinute
  const changed = performance.now()
  await send(lab, 'PUT', '/api/cameras/patient', { url: camera.url.replace('rtsp://', 'rtsp://admin:secret@') })
  await waitUntil('the new password is taken', async () => (await lab.status('patient')).state === 'live', 20)
  const recovered = (performance.now() - changed) / 1000
  return {
    detected,
    recovered,
    checks: [
      within('told as a wrong password', detected, 2),
      atMost('tries in the first minute', inFirstMinute, 3),
      atMost('tries in the minute after', later, 1),
      within('live after the right password', recovered, 1.5),
    ],
  }
}

async function send(lab: Lab, method: string, path: string, body: unknown): Promise<void> {
  const headers = { 'Content-Type': 'application/json' }
  const answer = await fetch(lab.gateway.url + path, { method, headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
}

async function redirects(lab: Lab): Promise<Finding> {
  const camera = await lab.camera()
  const good = lab.use(await RedirectingCamera.start(() => camera.url))
  const thief = lab.use(await RedirectingCamera.start((self) => self))
  const toThief = lab.use(await RedirectingCamera.start(() => thief.url))
  const toFile = lab.use(await RedirectingCamera.start(() => 'file:///etc/passwd'))
  const withLogin = ({ url }: RedirectingCamera) => `"${url.replace('rtsp://', 'rtsp://admin:secret@')}"`
  await lab.start({ good: withLogin(good), loop: withLogin(toThief), file: withLogin(toFile) })
  await lab.begin()
  const recovered = await lab.untilState('good', { state: 'live' }, 5)
  const detected = await lab.untilState('loop', { state: 'offline' }, 5)
  await lab.untilState('file', { state: 'offline' }, 5)
  await pause(1)
  const loopTries = toThief.requests.filter((request) => request.startsWith('DESCRIBE')).length
  const loopHops = thief.requests.filter((request) => request.startsWith('DESCRIBE')).length
  return {
    detected,
    recovered,
    checks: [
      holds('another host is followed', (await lab.status('good')).state === 'live'),
      atMost('hops of a loop, for each try', loopHops / Math.max(1, loopTries), 3),
      holds('a file is refused', (await lab.status('file')).state === 'offline'),
      atMost('credentials shown to another host', thief.requests.filter((text) => /^authorization:/im.test(text)).length, 0),
    ],
  }
}

async function nameMoves(lab: Lab): Promise<Finding> {
  const hosts = await claimHosts()
  await writeFile(hosts, '127.0.0.1 localhost\n127.0.0.21 moving.camera\n')
  const settings: Partial<FakeCameraSettings> = { host: '127.0.0.21' }
  const first = await lab.camera(settings)
  const second = await lab.camera({ host: '127.0.0.22', port: first.port })
  await lab.start({ patient: `rtsp://moving.camera:${first.port}/live` })
  const viewer = await lab.watch('patient')
  await lab.begin()
  first.stall()
  await writeFile(hosts, '127.0.0.1 localhost\n127.0.0.22 moving.camera\n')
  const detected = await lab.untilState('patient', { state: 'offline' }, 10)
  const recovered = await viewer.nextPicture(20)
  return {
    detected,
    recovered,
    checks: [
      within('noticed', detected, 6),
      within('pictures from the new address', recovered, 6),
      atLeast('sessions at the new address', second.sessions, 1),
      holds('on the same response', !viewer.isClosed),
    ],
  }
}
