import { readFileSync } from 'node:fs'
import { pause, waitUntil } from '../../bench/waiting.ts'
import { descendants } from '../e2e/gateway-process.ts'
import { lostPercent } from './bystanders.ts'
import { atLeast, atMost, type Fault, type Finding, holds, within } from './fault.ts'
import type { Lab } from './lab.ts'
import type { WatchedStream } from './watched-stream.ts'

/** Engine processes that are killed, hang, or crash. */
export const engineFalls: readonly Fault[] = [
  { id: 'F27/kill', what: 'an engine with several cameras is killed', hitsAll: true, run: (lab) => falls(lab, 'SIGKILL', 1.5) },
  { id: 'F27/abort', what: 'an engine with several cameras aborts', hitsAll: true, run: (lab) => falls(lab, 'SIGABRT', 1.5) },
  {
    id: 'F27/stop',
    what: 'an engine with several cameras hangs (SIGSTOP)',
    hitsAll: true,
    run: (lab) => falls(lab, 'SIGSTOP', 8),
  },
  { id: 'F27/crash', what: 'a stream crashes the decoder every time', hitsAll: true, run: crashesEveryTime },
  { id: 'F27/orphan', what: 'the gateway is killed while an engine hangs', hitsAll: true, run: orphans },
]

/** Eight cameras, so that two processors have four each. */
async function falls(lab: Lab, signal: NodeJS.Signals, limit: number): Promise<Finding> {
  const ids = await startMany(lab, 8)
  const viewers = new Map<string, WatchedStream>()
  for (const id of ids) viewers.set(id, await lab.watch(id))
  const { pid, served } = await busiestEngine(lab, viewers)
  await lab.begin()
  for (const viewer of viewers.values()) viewer.reset()
  const killed = performance.timeOrigin + performance.now()
  const back = Promise.all(served.map((id) => firstAfter(viewers.get(id), killed, limit + 5)))
  process.kill(pid, signal)
  const recovered = Math.max(...(await back))
  await pause(1)
  const others = ids.filter((id) => !served.includes(id)).flatMap((id) => viewers.get(id) ?? [])
  const { control } = await lab.report()
  const lost = others.reduce((sum, { missed }) => sum + missed, 0)
  const seen = others.reduce((sum, { distinct }) => sum + distinct, 0)
  return {
    recovered,
    checks: [
      atLeast('cameras that it served', served.length, 2),
      within('pictures of all of them are back', recovered, limit),
      atMost('viewers lost', [...viewers.values()].filter(({ isClosed }) => isClosed).length, 0),
      atMost('pictures that cameras of other engines lost', (lost / Math.max(1, lost + seen)) * 100, lostPercent(control), '%'),
    ],
  }
}

/** Cameras of the lab's own, beside the bystanders'. */
async function startMany(lab: Lab, count: number): Promise<string[]> {
  const cameras: Record<string, string> = {}
  for (let index = 0; index < count; index++) cameras[`p${index}`] = (await lab.camera()).url
  await lab.start(cameras, { bystanders: 0 })
  return Object.keys(cameras)
}

/** An engine is stopped for a moment: the viewers that see nothing new meanwhile are served by it. */
async function busiestEngine(lab: Lab, viewers: ReadonlyMap<string, WatchedStream>): Promise<{ pid: number; served: string[] }> {
  const found: { pid: number; served: string[] }[] = []
  for (const pid of await descendants(lab.gateway.pid)) {
    process.kill(pid, 'SIGSTOP')
    await pause(0.3) // what was on its way
    const before = new Map([...viewers].map(([id, { distinct }]) => [id, distinct]))
    await pause(0.5)
    const served = [...viewers].filter(([id, { distinct }]) => distinct === before.get(id)).map(([id]) => id)
    process.kill(pid, 'SIGCONT')
    found.push({ pid, served })
    await Promise.all([...viewers.values()].map((viewer) => viewer.morePictures(10, 10)))
  }
  return found.reduce((most, one) => (one.served.length > most.served.length ? one : most))
}

/** Seconds from an instant to the first new picture that left no gap behind it: one that was made after it. */
async function firstAfter(viewer: WatchedStream | undefined, instant: number, limit: number): Promise<number> {
  if (!viewer) return Number.POSITIVE_INFINITY
  await pause(GRACE_S)
  await viewer.nextPicture(limit)
  return ((viewer.newest?.at ?? Number.POSITIVE_INFINITY) - instant) / 1000
}

/** What was made before the engine fell is in the viewer's hands by then. */
const GRACE_S = 0.1

async function crashesEveryTime(lab: Lab): Promise<Finding> {
  const ids = await startMany(lab, 2)
  const viewers = new Map<string, WatchedStream>()
  for (const id of ids) viewers.set(id, await lab.watch(id))
  const culprit = viewers.get('p0')
  const neighbour = viewers.get('p1')
  await lab.begin()
  const began = performance.now()
  for (let crash = 0; crash < 3; crash++) {
    const { pid } = await engineOf('p0', lab, viewers)
    process.kill(pid, 'SIGSTOP')
    await pause(0.3) // work is begun that it will die of
    process.kill(pid, 'SIGSEGV')
    process.kill(pid, 'SIGCONT')
    if (crash < 2) await culprit?.nextPicture(5)
  }
  const detected = await lab.untilState('p0', { state: 'offline', reason: 'quarantined' }, 5)
  await neighbour?.morePictures(20, 5)
  return {
    detected,
    checks: [
      within('set aside after the third crash', detected, 2),
      within('all three crashes and the waits between them', (performance.now() - began) / 1000, 30),
      holds('its viewer stays', culprit?.isClosed === false),
      holds('the neighbour is live', (await lab.status('p1')).state === 'live'),
      holds('and its viewer stays', neighbour?.isClosed === false),
    ],
  }
}

async function engineOf(id: string, lab: Lab, viewers: ReadonlyMap<string, WatchedStream>): Promise<{ pid: number }> {
  const one = new Map([...viewers].filter(([name]) => name === id))
  return busiestEngine(lab, one)
}

async function orphans(lab: Lab): Promise<Finding> {
  await startMany(lab, 2)
  await lab.watch('p0')
  await lab.begin()
  const engines = await descendants(lab.gateway.pid)
  for (const pid of engines.slice(0, 1)) process.kill(pid, 'SIGSTOP')
  lab.expectEnd()
  lab.gateway.signal('SIGKILL')
  const gone = await waitUntil('all engines are gone', () => !engines.some(isRunning), 8)
  return { detected: gone, checks: [atLeast('engines that ran', engines.length, 1), within('all are gone', gone, 5)] }
}

/** One that has ended and waits to be reaped does nothing any more; signal 0 reaches it still. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false // gone altogether
  }
}
