import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { type Contender, startAtalaya, startFfmpeg } from './contender.ts'
import { measureRound, type Round } from './one-camera.ts'
import { startReplayCamera } from './replay-camera.ts'
import { median, percentile } from './statistics.ts'

/**
 * `npm run bench -- [--rounds 5] [--seconds 10]`: delay and processor time of one 960×540 camera at 30 pictures a second and
 * one viewer, with the `ffmpeg` command measured beside it in the same run, round by round. Ratios and medians count:
 * single absolute times on a shared machine do not.
 */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '10' } },
})
const clip = { width: 960, height: 540, fps: 30, frames: 300, gop: 30, bitrate: 4_000_000 }
const contenders: ((url: string) => Promise<Contender>)[] = [startAtalaya, startFfmpeg]

const camera = await startReplayCamera(clip)
const rounds: Round[] = []
for (let round = 1; round <= Number(values.rounds); round++) {
  for (const start of contenders) {
    const result = await measureRound(await start(camera.url), camera, Number(values.seconds))
    rounds.push(result)
    process.stdout.write(`round ${round}  ${formatRound(result)}\n`)
  }
}
await camera[Symbol.asyncDispose]()

const summaries = [...new Set(rounds.map(({ name }) => name))].map((name) =>
  summarize(rounds.filter((round) => round.name === name)),
)
process.stdout.write(`\n${formatTable(summaries)}\n`)
await mkdir('.cache/bench', { recursive: true })
const report = {
  at: new Date().toISOString(),
  node: process.version,
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  clip,
  summaries,
}
await writeFile('.cache/bench/one-camera.json', `${JSON.stringify(report, undefined, 2)}\n`)

interface Summary {
  readonly name: string
  readonly p50: number
  readonly p99: number
  readonly fps: number
  readonly cpu: number
  readonly memory: number
}

function summarize(rounds: readonly Round[]): Summary {
  const delays = rounds.flatMap((round) => round.delays)
  return {
    name: rounds[0]?.name ?? '',
    p50: percentile(delays, 0.5),
    p99: percentile(delays, 0.99),
    fps: median(rounds.map(({ picturesPerSecond }) => picturesPerSecond)),
    cpu: median(rounds.map(({ cpu }) => cpu)),
    memory: median(rounds.map(({ memory }) => memory)),
  }
}

function formatRound({ name, delays, picturesPerSecond, cpu, memory, pictureSize }: Round): string {
  const delay = `delay p50 ${percentile(delays, 0.5).toFixed(1)} p99 ${percentile(delays, 0.99).toFixed(1)} ms`
  const size = `${(pictureSize / 1024).toFixed(0)} KB a picture`
  return `${name.padEnd(8)} ${delay}, ${picturesPerSecond.toFixed(1)} fps, ${(cpu * 100).toFixed(1)} % of a core, ${(memory / 1e6).toFixed(0)} MB, ${size}`
}

function formatTable(summaries: readonly Summary[]): string {
  const [own, peer] = summaries
  if (!own || !peer) return ''
  const rows = [
    ['delay p50, ms', own.p50, peer.p50],
    ['delay p99, ms', own.p99, peer.p99],
    ['pictures a second', own.fps, peer.fps],
    ['% of a core', own.cpu * 100, peer.cpu * 100],
    ['memory, MB', own.memory / 1e6, peer.memory / 1e6],
  ] as const
  const lines = rows.map(([what, a, b]) => `| ${what} | ${a.toFixed(1)} | ${b.toFixed(1)} | ${(a / b).toFixed(2)} |`)
  return [`| | ${own.name} | ${peer.name} | ratio |`, '|---|---|---|---|', ...lines].join('\n')
}
