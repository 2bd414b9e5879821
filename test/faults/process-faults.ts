import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { StuckViewer } from '../../bench/light-viewer.ts'
import { pause, waitUntil } from '../../bench/waiting.ts'
import { MjpegReader } from '../e2e/mjpeg-reader.ts'
import { lostPercent } from './bystanders.ts'
import { atLeast, atMost, type Fault, type Finding, holds, within } from './fault.ts'
import type { Lab } from './lab.ts'
import { faketimeLibrary } from './needs.ts'
import { SlowReader } from './slow-reader.ts'
import type { WatchedStream } from './watched-stream.ts'

/** What befalls the main process: clocks, pauses, signals. */
export const processFaults: readonly Fault[] = [
  {
    id: 'F29',
    what: 'the wall clock is set an hour on, an hour back, ten years on',
    needs: ['faketime'],
    hitsAll: true,
    run: clockChanges,
  },
  { id: 'F30', what: 'the gateway is stopped for 30 s (SIGSTOP)', hitsAll: true, run: sleeps },
  { id: 'F31', what: 'SIGTERM with 100 viewers', hitsAll: true, run: ends },
  { id: 'F31/second', what: 'a second SIGTERM while a viewer never reads', hitsAll: true, run: endsAtOnce },
  { id: 'F32', what: 'SIGKILL and a new start', hitsAll: true, run: restarts },
  { id: 'F36', what: 'the event loop is blocked for 2 s', hitsAll: true, run: blocks },
]

async function clockChanges(lab: Lab): Promise<Finding> {
  const file = join(await mkdtemp(join(tmpdir(), 'atalaya-clock-')), 'clock')
  await writeFile(file, '+0\n')
  const camera = await lab.camera()
  await lab.start(
    { patient: camera.url },
    {
      env: {
        LD_PRELOAD: faketimeLibrary() ?? '',
        FAKETIME_TIMESTAMP_FILE: file,
        FAKETIME_CACHE_DURATION: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        DONT_FAKE_MONOTONIC: '1',
      },
    },
  )
  const viewer = await lab.watch('patient')
  await lab.begin()
  viewer.reset()
  const shown: number[] = []
  for (const shift of ['+1h', '-1h', '+10y']) {
    await writeFile(file, `${shift}\n`)
    await pause(lab.choose(12, 4))
    shown.push((Date.parse((await fetch(`${lab.gateway.url}/livez`)).headers.get('date') ?? '') - Date.now()) / 3_600_000)
  }
  const { bystanders, control } = await lab.report()
  return {
    checks: [
      holds('the clock of the gateway did jump', Math.abs((shown[0] ?? 0) - 1) < 0.1 && (shown[2] ?? 0) > 80_000),
      atMost('connections lost', (await lab.status('patient')).reconnects, 0),
      atMost('viewers lost', bystanders.closed + (viewer.isClosed ? 1 : 0), 0),
      within('the widest gap between two pictures', viewer.widestGap, 1 + control.widestGap),
      atMost('pictures lost', lostPercent(bystanders), 2 + lostPercent(control), '%'),
    ],
  }
}

async function sleeps(lab: Lab): Promise<Finding> {
  const camera = await lab.camera()
  await lab.start({ patient: camera.url })
  const viewer = await lab.watch('patient')
  const slow = lab.use(new SlowReader(`${lab.gateway.url}/camera/patient`))
  await waitUntil('the slow viewer is served', () => slow.bytes > 20_000, 20)
  const page = new WebSocket(`${lab.gateway.url.replace('http', 'ws')}/api/wall`)
  lab.use({ [Symbol.dispose]: () => page.terminate() })
  await once(page, 'open')
  await lab.begin()
  lab.gateway.signal('SIGSTOP')
  await pause(lab.choose(30, 8))
  lab.gateway.signal('SIGCONT')
  const recovered = await viewer.nextPicture(30)
  await pause(3)
  const { bystanders } = await lab.report()
  const states = Object.values(await lab.gateway.getJson<Record<string, { reconnects: number }>>('/status'))
  return {
    recovered,
    checks: [
      within('pictures are back', recovered, 10),
      // The rule is that no more than a fifth of the cameras reconnect in a second; none is better.
      atMost('cameras that were connected anew', states.filter(({ reconnects }) => reconnects > 0).length, 0),
      atMost('viewers lost', bystanders.closed + [viewer, slow].filter(({ isClosed }) => isClosed).length, 0),
      holds('a page with a wall stays connected', page.readyState === WebSocket.OPEN),
    ],
  }
}

async function ends(lab: Lab): Promise<Finding> {
  const camera = await lab.camera()
  await lab.start({ patient: camera.url })
  const readers = Array.from({ length: 100 }, () =>
    lab.use(new MjpegReader(`${lab.gateway.url}/camera/patient`, { keep: false })),
  )
  await waitUntil('all are served', () => readers.every(({ status }) => status === 200), 20)
  await lab.begin()
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  lab.expectEnd()
  lab.gateway.signal('SIGTERM')
  await waitUntil('it is not ready any more', () => isUnready(lab.gateway.url), 5)
  const unready = seconds()
  const code = await lab.gateway.ended()
  const ended = seconds()
  await waitUntil('all responses end', () => readers.every(({ isClosed }) => isClosed), 5)
  return {
    detected: unready,
    recovered: ended,
    checks: [
      within('not ready any more', unready, 0.5),
      within('it has ended', ended, 10),
      atMost('exit code', typeof code === 'number' ? code : 99, 0),
      atMost(
        'viewers whose last picture was cut off',
        readers.filter(({ failure, endedWhole }) => failure || !endedWhole).length,
        0,
      ),
      atLeast('TEARDOWNs at the camera', camera.requests.filter((method) => method === 'TEARDOWN').length, 1),
    ],
  }
}

/** Whether it says so, or takes no more connections, which says the same. */
async function isUnready(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    ({ status }) => status === 503,
    () => true,
  )
}

async function endsAtOnce(lab: Lab): Promise<Finding> {
  const camera = await lab.camera()
  await lab.start({ patient: camera.url })
  await lab.watch('patient')
  for (let count = 0; count < 5; count++) lab.use(new StuckViewer(`${lab.gateway.url}/camera/patient`))
  await waitUntil('they are viewers', async () => (await lab.status('patient')).viewers >= 6, 5)
  await lab.begin()
  lab.expectEnd()
  lab.gateway.signal('SIGTERM')
  await pause(0.05)
  const began = performance.now()
  lab.gateway.signal('SIGTERM')
  await lab.gateway.ended()
  const ended = (performance.now() - began) / 1000
  return { recovered: ended, checks: [within('it has ended', ended, 1)] }
}

async function restarts(lab: Lab): Promise<Finding> {
  const camera = await lab.camera()
  await lab.start({ patient: camera.url })
  await lab.watch('patient')
  await lab.begin()
  lab.gateway.signal('SIGKILL')
  await lab.gateway.ended()
  const began = performance.now()
  await lab.startAgain()
  const serving = (performance.now() - began) / 1000
  const live = await lab.untilState('patient', { state: 'live' }, 10)
  return {
    recovered: serving + live,
    checks: [
      within('it serves', serving, 5),
      within('the camera is live', serving + live, 5),
      atMost('sessions at the camera', camera.sessions, 1),
    ],
  }
}

async function blocks(lab: Lab): Promise<Finding> {
  const camera = await lab.camera()
  await lab.start({ patient: camera.url }, { hooks: [new URL('block-on-signal.ts', import.meta.url).href] })
  const viewer: WatchedStream = await lab.watch('patient')
  await lab.begin()
  viewer.reset()
  lab.gateway.signal('SIGWINCH')
  await pause(1)
  const recovered = await viewer.nextPicture(10)
  await pause(6)
  const { bystanders } = await lab.report()
  const metrics = await (await fetch(`${lab.gateway.url}/metrics`)).text()
  const lag = Number(/^nodejs_eventloop_lag_max_seconds ([\d.e-]+)$/m.exec(metrics)?.[1] ?? 0)
  return {
    recovered,
    checks: [
      atLeast('it was blocked', viewer.widestGap, 1.5, 's'),
      atMost('connections lost', (await lab.status('patient')).reconnects, 0),
      atMost('viewers lost', bystanders.closed + (viewer.isClosed ? 1 : 0), 0),
      atLeast('the lag that the metrics show', lag, 1.5, 's'),
    ],
  }
}
