/**
 * `watch-line.ts JSON`: runs at the server's end of a shaped line. A replayed camera, the built gateway and one viewer at the
 * other end; the rate of the line changes as the plan says. Prints one JSON document.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { endWithParent } from '../../scripts/parent-watch.mjs'
import type { ViewerStatus } from '../../src/api/viewer-status.ts'
import { startGatewayProcess } from '../../test/e2e/gateway-process.ts'
import type { ClipSettings } from '../../test/fake-camera/clip.ts'
import { startReplayCamera } from '../replay-camera.ts'
import { pause, waitUntil } from '../waiting.ts'
import type { Arrival } from './line-viewer.ts'

/** What happens on the line. */
export interface LinePlan {
  readonly clip: ClipSettings
  readonly address: string
  /** The query of the stream, such as `?quality=auto`. */
  readonly query: string
  /** One after the other; the command sets the rate. */
  readonly steps: readonly { readonly command: readonly string[]; readonly seconds: number }[]
  /** What runs a command at the viewer's end. */
  readonly viewer: readonly string[]
}

/** What happened. Times are milliseconds since the epoch. */
export interface LineRecord {
  readonly arrivals: readonly Arrival[]
  /** When each step began, and when the last one ended. */
  readonly began: readonly number[]
  /** What the gateway said of its viewer at the end of each step. */
  readonly viewers: readonly (ViewerStatus | undefined)[]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // What it has started ends with it, and it with the bench.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  endWithParent()
  console.log(JSON.stringify(await carryOut(JSON.parse(process.argv[2] ?? ''))))
  process.exit()
}

async function carryOut({ clip, address, query, steps, viewer }: LinePlan): Promise<LineRecord> {
  await using camera = await startReplayCamera(clip)
  const config = `auth: none\ncameras: { '1': '${camera.url}' }\n`
  await using gateway = await startGatewayProcess({ config, host: address })
  process.once('exit', () => gateway.signal('SIGKILL'))
  await waitUntil('a live camera', async () => (await gateway.getJson<{ '1': { active: boolean } }>('/status'))['1'].active, 15)
  await pause(1)
  const arrivals: Arrival[] = []
  const script = fileURLToPath(new URL('line-viewer.ts', import.meta.url))
  const [command = '', ...args] = [...viewer, process.execPath, script, `${gateway.url}/camera/1${query}`]
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  createInterface(child.stdout).on('line', (line) => arrivals.push(JSON.parse(line) as Arrival))
  const began: number[] = []
  const viewers: (ViewerStatus | undefined)[] = []
  for (const { command: change, seconds } of steps) {
    const [program = '', ...options] = change
    spawn(program, options, { stdio: 'inherit' })
    began.push(performance.timeOrigin + performance.now())
    await pause(seconds)
    viewers.push((await gateway.getJson<{ viewers: ViewerStatus[] }>('/api/viewers')).viewers[0])
  }
  began.push(performance.timeOrigin + performance.now())
  child.stdin.end()
  return { arrivals, began, viewers }
}
