import { execFile } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { promisify } from 'node:util'
import { StuckViewer } from '../../bench/light-viewer.ts'
import { percentile } from '../../bench/statistics.ts'
import { pause, waitUntil } from '../../bench/waiting.ts'
import { atLeast, atMost, type Fault, type Finding, holds, within } from './fault.ts'
import type { Lab } from './lab.ts'
import { askForStream, SlowReader } from './slow-reader.ts'

const run = promisify(execFile)

/** Viewers that do not read, come all at once, or say nothing. */
export const viewerFaults: readonly Fault[] = [
  { id: 'F23', what: '50 viewers never read, one reads 10 KB/s', run: slowViewers },
  { id: 'F24', what: '1,000 viewers join within a second, the limit is 500', run: flood },
  { id: 'F25', what: '10,000 connections that send nothing, or a byte every 5 s', run: silentOpeners },
  { id: 'F26', what: 'descriptors run out: a limit of 256, 300 viewers', needs: ['prlimit'], run: descriptorsRunOut },
]

async function slowViewers(lab: Lab): Promise<Finding> {
  const camera = await lab.camera({ clip: await lab.clip({ width: 640, height: 360, bitrate: 1_000_000 }) })
  await lab.start({ patient: camera.url })
  await lab.watch('patient')
  await lab.begin()
  const began = performance.now()
  for (let count = 0; count < 50; count++) lab.use(new StuckViewer(`${lab.gateway.url}/camera/patient`))
  const slow = lab.use(new SlowReader(`${lab.gateway.url}/camera/patient`))
  const viewers = async () => (await lab.status('patient')).viewers
  await waitUntil('they are served', async () => (await viewers()) >= 52, 5)
  await pause(5)
  const { before, after } = await lab.report()
  await waitUntil('those that never read are closed', async () => (await viewers()) <= 2, 30)
  const closed = (performance.now() - began) / 1000
  return {
    detected: closed,
    checks: [
      within('those that never read are closed', closed, 13),
      holds('the slow one is served on', !slow.isClosed && slow.bytes > 0),
      atMost('memory, growth while they hang', (after.memory - before.memory) / 1e6, 100, 'MB'),
    ],
  }
}

async function flood(lab: Lab): Promise<Finding> {
  const camera = await lab.camera()
  await lab.start({ patient: camera.url }, { config: 'limits: { viewersPerCamera: 500, viewers: 5000 }' })
  const metric = async () => (await fetch(`${lab.gateway.url}/metrics`)).text()
  await metric()
  await lab.begin()
  await metric()
  const visits: Visit[] = []
  const began = performance.now()
  while (visits.length < 1000) {
    // A thousand within a second, however late the timers are.
    while (visits.length < Math.min(1000, performance.now() - began + 1)) {
      visits.push(lab.use(new Visit(`${lab.gateway.url}/camera/patient?width=160&fps=1`)))
    }
    await pause(0.002)
  }
  await waitUntil('all are answered', () => visits.every(({ status }) => status !== undefined), 20)
  const lag = Number(/^nodejs_eventloop_lag_p99_seconds ([\d.e-]+)$/m.exec(await metric())?.[1] ?? 9)
  const served = visits.filter(({ status }) => status === 200)
  const refused = visits.filter(({ status }) => status === 503)
  return {
    checks: [
      atLeast('served', served.length, 500),
      atLeast('refused with 503', refused.length, 500),
      atLeast('of them with Retry-After', refused.filter(({ head }) => /^retry-after: \d+/im.test(head)).length, refused.length),
      atMost(
        'answer to the refused, 95 of 100',
        percentile(
          refused.map(({ seconds }) => seconds * 1000),
          0.95,
        ),
        100,
        'ms',
      ),
      atMost('event loop, 99 of 100', lag * 1000, 50, 'ms'),
    ],
  }
}

/** A request for a stream: how soon and with what it is answered. */
class Visit implements Disposable {
  status: number | undefined
  head = ''
  seconds = 0
  readonly #socket: Socket

  constructor(url: string) {
    const began = performance.now()
    this.#socket = askForStream(url)
    this.#socket.on('data', (data: Buffer) => {
      if (this.status !== undefined) return
      this.head += data.toString('latin1')
      const status = /^HTTP\/1.1 (\d+)/.exec(this.head)?.[1]
      if (!status || !this.head.includes('\r\n\r\n')) return
      this.status = Number(status)
      this.seconds = (performance.now() - began) / 1000
    })
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }
}

async function silentOpeners(lab: Lab): Promise<Finding> {
  await lab.start({})
  await lab.begin()
  const { hostname, port } = new URL(lab.gateway.url)
  const count = lab.choose(10_000, 500)
  const lives: number[] = []
  const sockets: Socket[] = []
  const delays: number[] = []
  for (let index = 0; index < count; index++) {
    const socket = connect(Number(port), hostname)
    const opened = performance.now()
    socket.on('error', () => socket.destroy())
    socket.on('close', () => lives.push((performance.now() - opened) / 1000))
    socket.resume()
    if (index % 2 === 0) socket.write('G')
    sockets.push(socket)
    if (index % 100 === 99) await pause(0.02)
  }
  const trickle = setInterval(() => {
    for (const socket of sockets) if (!socket.destroyed && socket.bytesWritten > 0) socket.write('E')
  }, 5000)
  lab.use({ [Symbol.dispose]: () => clearInterval(trickle) })
  const deadline = performance.now() + 20_000
  while (lives.length < count && performance.now() < deadline) {
    const began = performance.now()
    await fetch(`${lab.gateway.url}/livez`)
    delays.push(performance.now() - began)
    await pause(0.05)
  }
  for (const socket of sockets) socket.destroy()
  return {
    detected: Math.max(...lives),
    checks: [
      atLeast('connections that were closed', lives.length, count),
      within('the longest life', percentile(lives, 0.999), 12),
      atMost('a healthy request, 99 of 100', percentile(delays, 0.99), 100, 'ms'),
    ],
  }
}

async function descriptorsRunOut(lab: Lab): Promise<Finding> {
  const camera = await lab.camera()
  await lab.start({ patient: camera.url })
  await lab.begin()
  await run('prlimit', ['--pid', String(lab.gateway.pid), '--nofile=256:256'])
  const visits: Visit[] = []
  for (let count = 0; count < 300; count++) {
    visits.push(new Visit(`${lab.gateway.url}/camera/patient?width=160&fps=1`))
    await pause(0.01)
  }
  await pause(3)
  const count = (status: number) => visits.filter((visit) => visit.status === status).length
  const [served, refused] = [count(200), count(503)]
  const live = await lab.status('patient').then(
    ({ state }) => state === 'live',
    () => false,
  )
  const ready = await fetch(`${lab.gateway.url}/readyz`).then(
    ({ status }) => status,
    () => 0,
  )
  for (const visit of visits) visit[Symbol.dispose]()
  const recovered = await waitUntil(
    'new viewers are served',
    () =>
      fetch(`${lab.gateway.url}/camera/patient/snapshot`).then(
        ({ ok }) => ok,
        () => false,
      ),
    20,
  )
  const { state, reconnects } = await lab.status('patient')
  return {
    recovered,
    checks: [
      atLeast('viewers served', served, 100),
      atLeast('viewers refused with 503', refused, 300 - served),
      holds('the API answers meanwhile, and the camera is live', live),
      holds('/readyz says so', ready === 503),
      within('new viewers are served', recovered, 2),
      holds('the camera stayed connected', state === 'live' && reconnects === 0),
    ],
  }
}
