import { Agent, get } from 'node:http'
import { DECODER_LINGER_MS } from '../src/cameras/renditions.ts'
import { startGateway } from './gateway.ts'
import { LightViewer } from './light-viewer.ts'
import { processUsage } from './process-usage.ts'
import { CLIP, startReplayCamera } from './replay-camera.ts'
import type { Scenario } from './scenario.ts'
import { median, percentile } from './statistics.ts'
import { pause } from './waiting.ts'

/** Single pictures: 200 a second of a live camera, and now and then one of a camera that nobody looks at. */
export const snapshots: Scenario = {
  name: 'snapshots',
  title: 'snapshots',
  async run({ isQuick, rounds }) {
    await using camera = await startReplayCamera(CLIP)
    await using gateway = await startGateway([camera.url])
    const url = `${gateway.url}/camera/1/snapshot`
    const seconds = isQuick ? 5 : 10
    const readings: (Burst & { readonly kind: string })[] = []
    using _viewer = new LightViewer(`${gateway.url}/camera/1`)
    await burst(gateway.pid, url, 3) // the first hundreds are answered by code that is compiled meanwhile
    await burst(gateway.pid, `${url}?width=320`, 3)
    for (let round = 0; round < rounds; round++) {
      readings.push({ kind: 'watched', ...(await burst(gateway.pid, url, seconds)) })
      readings.push({ kind: 'other', ...(await burst(gateway.pid, `${url}?width=320`, seconds)) })
    }
    _viewer[Symbol.dispose]()
    const idle: number[] = []
    for (let i = 0; i < (isQuick ? 2 : 10); i++) {
      await pause(DECODER_LINGER_MS / 1000 + 1 + i / 10) // spread over the group of pictures, which lasts a second
      idle.push(await millisecondsFor(url, new Agent()))
    }
    const of = (kind: string, value: (burst: Burst) => number) =>
      median(readings.filter((round) => round.kind === kind).map((round) => value(round)))
    const cases = [
      ['as viewers see it', 'watched'],
      ['320 pixels wide, which nobody else watches', 'other'],
    ] as const
    return {
      figures: [
        ...cases.flatMap(([what, kind]) => [
          {
            what: `200 a second, ${what}: 99th percentile`,
            value: of(kind, ({ ms }) => percentile(ms, 0.99)),
            unit: 'ms',
            bar: { atMost: 10 },
          },
          { what: `200 a second, ${what}: median`, value: of(kind, ({ ms }) => median(ms)), unit: 'ms' },
          {
            what: `200 a second, ${what}: processor, all processes`,
            value: of(kind, ({ cpu }) => cpu * 100),
            unit: '% of a core',
          },
        ]),
        { what: 'of a camera that nobody looks at, median', value: median(idle), unit: 'ms', bar: { atMost: 150 } },
        { what: 'of a camera that nobody looks at, worst', value: Math.max(...idle), unit: 'ms' },
      ],
      readings: { rounds: readings.map(({ kind, cpu, ms }) => ({ kind, cpu, p99: percentile(ms, 0.99) })), idle },
    }
  },
}

const EVERY_MS = 5

interface Burst {
  /** Milliseconds from the request to the last byte, of each. */
  readonly ms: readonly number[]
  /** Share of a core. */
  readonly cpu: number
}

/** Asks every 5 ms, whether the answers before have come or not. */
async function burst(pid: number, url: string, seconds: number): Promise<Burst> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const before = processUsage(pid).cpu
  const began = performance.now()
  const answers: Promise<number>[] = []
  for (let due = began; due < began + seconds * 1000; due += EVERY_MS) {
    const wait = due - performance.now()
    if (wait > 0) await pause(wait / 1000)
    answers.push(millisecondsFor(url, agent))
  }
  const ms = await Promise.all(answers)
  const cpu = ((processUsage(pid).cpu - before) * 1000) / (performance.now() - began)
  agent.destroy()
  return { ms, cpu }
}

function millisecondsFor(url: string, agent: Agent): Promise<number> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.on('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - began)
        else reject(new Error(`a snapshot was answered with ${response.statusCode}`))
      })
      response.resume()
    }).on('error', reject)
  })
}
