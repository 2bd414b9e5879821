import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ClipSettings } from '../test/fake-camera/clip.ts'
import { drawLineChart } from './charts/line-chart.ts'
import { ShapedLine } from './lines/shaped-line.ts'
import type { LinePlan, LineRecord } from './lines/watch-line.ts'
import { CLIP } from './replay-camera.ts'
import type { Scenario } from './scenario.ts'
import { percentile } from './statistics.ts'

/** Viewers at the end of slow lines, with and without `quality=auto`. */
export const slowLines: Scenario = {
  name: 'slow-lines',
  title: 'viewers on slow lines',
  async run({ isQuick }) {
    const seconds = isQuick ? 15 : 60
    const auto = await watch('?quality=auto', CLIP, [{ megabits: 1, seconds }])
    const plain = await watch('', HEAVY_CLIP, [{ megabits: 2, seconds }])
    const steps = [8, 1, 8].map((megabits) => ({ megabits, seconds: isQuick ? 10 : 20 }))
    const stepping = await watch('?quality=auto', CLIP, steps)
    return {
      figures: [
        { what: '1 Mbit/s, quality=auto: age of pictures, p95', value: ages(auto, 0.95), unit: 'ms', bar: { atMost: 500 } },
        { what: '1 Mbit/s, quality=auto: pictures a second', value: rate(auto), bar: { atLeast: 2 } },
        { what: '2 Mbit/s, 24 Mbit/s of pictures: age, p95', value: ages(plain, 0.95), unit: 'ms', bar: { atMost: 1500 } },
        { what: '2 Mbit/s, 24 Mbit/s of pictures: pictures a second', value: rate(plain) },
        ...steps.flatMap(({ megabits }, index) => {
          const when = `8 → 1 → 8 Mbit/s, part ${index + 1} (${megabits})`
          const last = stepping.viewers[index]
          return [
            { what: `${when}: age, p95`, value: ages(stepping, 0.95, index), unit: 'ms' },
            { what: `${when}: pictures a second, then ${last?.rendition ?? 'none'}`, value: rate(stepping, index) },
          ]
        }),
      ],
      readings: { auto, plain, stepping },
      charts: { 'slow-line': drawSteps(stepping) },
    }
  },
}

/** About 24 Mbit/s of JPEGs. */
const HEAVY_CLIP: ClipSettings = { ...CLIP, width: 1280, height: 720, bitrate: 4_000_000 }

interface Step {
  readonly megabits: number
  readonly seconds: number
}

async function watch(query: string, clip: ClipSettings, steps: readonly Step[]): Promise<LineRecord> {
  using line = new ShapedLine(steps[0]?.megabits ?? 1)
  const plan: LinePlan = {
    clip,
    query,
    address: ShapedLine.serverAddress,
    viewer: line.enter('viewer', []),
    steps: steps.map(({ megabits, seconds }) => ({ command: line.rateCommand(megabits), seconds })),
  }
  const script = fileURLToPath(new URL('lines/watch-line.ts', import.meta.url))
  const [command = '', ...args] = line.enter('server', [process.execPath, script, JSON.stringify(plan)])
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.on('data', (text) => {
    printed += String(text)
  })
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`nothing was measured on the line: ${status}`)
  return JSON.parse(printed) as LineRecord
}

/** Of one step, or of all. The first picture, the keyframe of before, does not count: it is as old as the group of pictures. */
function during({ arrivals, began }: LineRecord, index?: number) {
  const [from = 0, to = 0] = index === undefined ? [began[0], began.at(-1)] : [began[index], began[index + 1]]
  const those = arrivals.slice(1).filter(({ at }) => at >= from && at < to)
  return { arrivals: those, seconds: (to - from) / 1000 }
}

function ages(record: LineRecord, share: number, index?: number): number {
  const { arrivals } = during(record, index)
  return percentile(
    arrivals.map(({ at, capturedAt }) => at - capturedAt),
    share,
  )
}

function rate(record: LineRecord, index?: number): number {
  const { arrivals, seconds } = during(record, index)
  return arrivals.length / seconds
}

function drawSteps(record: LineRecord): string {
  const { arrivals, began } = record
  const time = (at: number) => (at - (began[0] ?? 0)) / 1000
  const renditions = arrivals.map(({ at, rendition = '' }) => {
    const [, width = 0, , quality = 0] = /^(\d+)x(\d+)\S* q(\d+)$/.exec(rendition)?.map(Number) ?? []
    return { x: time(at), width, quality }
  })
  const perSecond = Array.from({ length: Math.ceil(time(began.at(-1) ?? 0)) }, (_, second) => {
    return [second, arrivals.filter(({ at }) => Math.floor(time(at)) === second).length] as const
  })
  return drawLineChart('quality=auto on a line of 8, then 1, then 8 Mbit/s', 'seconds', [
    {
      title: 'age of pictures as they arrive',
      yTitle: 'ms',
      curves: [{ name: 'age', points: arrivals.slice(1).map(({ at, capturedAt }) => [time(at), at - capturedAt]) }],
      bar: 500,
    },
    { title: 'pictures', yTitle: 'a second', curves: [{ name: 'pictures', points: perSecond, isStepped: true }] },
    {
      title: 'quality',
      yTitle: '1 to 100',
      top: 100,
      curves: [{ name: 'quality', points: renditions.map(({ x, quality }) => [x, quality]), isStepped: true }],
    },
    {
      title: 'width',
      yTitle: 'pixels',
      curves: [{ name: 'width', points: renditions.map(({ x, width }) => [x, width]), isStepped: true }],
    },
  ])
}
