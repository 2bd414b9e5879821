import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseCameraUrl } from '../../src/lib/camera-url.ts'
import { letHeapDouble } from '../../src/lib/heap-growth.ts'
import { RtspSource } from '../../src/sources/rtsp-source.ts'
import { SILENT_LOG } from '../../src/telemetry/log.ts'

/** What a process that only receives has done so far. */
export interface IngestReading {
  /** When each of the latest pictures of the first camera came out, in milliseconds since the Unix epoch by the monotonic clock. */
  readonly arrivals: readonly number[]
  /** Pictures of all cameras. */
  readonly pictures: number
  readonly lostPackets: number
  /** Seconds of processor time, user and system. */
  readonly cpu: number
}

/** Receives from cameras over RTSP in a process of its own, and does nothing with what comes. */
export class IngestProcess implements AsyncDisposable {
  readonly #child: ChildProcess

  constructor(urls: readonly string[], transport: 'tcp' | 'udp') {
    this.#child = fork(fileURLToPath(import.meta.url), [transport, ...urls])
  }

  async read(): Promise<IngestReading> {
    this.#child.send('read')
    const [answer] = await once(this.#child, 'message')
    return answer as IngestReading
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.disconnect()
    await once(this.#child, 'exit')
  }
}

function receive(urls: readonly string[], transport: 'tcp' | 'udp'): void {
  const arrivals: number[] = []
  let pictures = 0
  const stop = new AbortController()
  const sources = urls.map((url) => new RtspSource({ url: parseCameraUrl(url), transport, log: SILENT_LOG }))
  const runs = sources.map((source, i) => {
    const packet = () => {
      pictures++
      if (i > 0) return
      arrivals.push(performance.timeOrigin + performance.now())
      if (arrivals.length > MAX_ARRIVALS) arrivals.shift()
    }
    return source.run({ track: () => undefined, packet }, stop.signal)
  })
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    const lostPackets = sources.reduce((sum, { reception }) => sum + (reception?.lostPackets ?? 0), 0)
    process.send?.({ arrivals, pictures, lostPackets, cpu: (user + system) / 1e6 } satisfies IngestReading)
  })
  process.on('disconnect', () => stop.abort())
  void Promise.all(runs).then(
    () => process.exit(),
    (error) => {
      console.error(error)
      process.exit(1)
    },
  )
}

const MAX_ARRIVALS = 2000

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [transport, ...urls] = process.argv.slice(2)
  letHeapDouble()
  receive(urls, transport === 'udp' ? 'udp' : 'tcp')
}
