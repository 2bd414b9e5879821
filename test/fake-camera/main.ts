/** Runs a fake camera by hand; README.md beside this file says how. */
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { loadClip } from './clip.ts'
import { type FakeCameraSettings, startFakeCamera } from './fake-camera.ts'
import { FAULTS } from './faults.ts'
import { TIMESTAMP_STYLES } from './timestamps.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8554' },
    path: { type: 'string' },
    size: { type: 'string', default: '960x540' },
    fps: { type: 'string', default: '25' },
    gop: { type: 'string', default: '25' },
    bitrate: { type: 'string', default: '4000000' },
    mark: { type: 'string', default: '0' },
    slices: { type: 'string', default: '1' },
    user: { type: 'string' },
    password: { type: 'string', default: '' },
    auth: { type: 'string', default: 'digest' },
    markers: { type: 'string', default: 'honest' },
    'parameter-sets': { type: 'string', default: 'both' },
    aggregate: { type: 'boolean', default: false },
    delimiters: { type: 'boolean', default: false },
    'drop-every': { type: 'string' },
    timestamps: { type: 'string', default: 'honest' },
  },
})

const [width = 0, height = 0] = values.size.split('x').map(Number)
const gop = Number(values.gop)
const clip = await loadClip({
  ...{ width, height, gop, fps: Number(values.fps), frames: gop * Math.max(1, Math.round(250 / gop)) },
  ...{ bitrate: Number(values.bitrate), mark: Number(values.mark), slices: Number(values.slices) },
})
const dropEvery = Number(values['drop-every'] ?? 0)
const settings: FakeCameraSettings = {
  clip,
  port: Number(values.port),
  markers: oneOf(values.markers, ['honest', 'every-nal', 'every-slice', 'never']),
  parameterSets: oneOf(values['parameter-sets'], ['both', 'sdp', 'in-band']),
  auth: oneOf(values.auth, ['basic', 'digest']),
  aggregate: values.aggregate,
  timestamps: oneOf(values.timestamps, TIMESTAMP_STYLES),
  delimiters: values.delimiters,
  ...(values.path === undefined ? {} : { path: values.path }),
  ...(values.user === undefined ? {} : { credentials: { user: values.user, password: values.password } }),
  ...(dropEvery > 0 ? { drop: (n: number) => n % dropEvery === dropEvery - 1 } : {}),
}
const camera = await startFakeCamera(settings)
console.log(`${camera.url}  ${values.size}, ${values.fps} pictures a second. Commands: stall, resume, kill, revive, quit`)

const commands = new Map<string, () => unknown>([
  ...FAULTS.map((fault) => [fault, () => camera.misbehave(fault)] as const),
  ['resume', camera.resume],
  ['kill', camera.kill],
  ['revive', camera.revive],
])
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === 'quit') break
  await commands.get(line.trim())?.()
  console.log(`${camera.connections} clients connected`)
}
await camera.stop()

function oneOf<T extends string>(value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined) throw new Error(`${value} is none of ${allowed.join(', ')}`)
  return found
}
