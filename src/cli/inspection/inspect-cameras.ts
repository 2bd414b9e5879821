import type { CameraConfig } from '../../config/config.ts'
import { EnginePool } from '../../engine/engine-pool.ts'
import { SILENT_LOG } from '../../telemetry/log.ts'
import type { CommandContext } from '../command-context.ts'
import { ProgressLine } from '../progress-line.ts'
import { ShutdownSignal } from '../shutdown-signal.ts'
import { advise } from './advise.ts'
import type { CameraFindings } from './camera-findings.ts'
import { INSPECTION_TIMES, type InspectionTimes, inspectCamera } from './inspect-camera.ts'

/** A camera that was opened, what was found, and what its owner should change. */
export interface InspectedCamera {
  readonly camera: CameraConfig
  readonly findings: CameraFindings
  readonly advice: readonly string[]
}

/** Opens all cameras at once. A first Ctrl+C ends the look with what is known by then, a second one at once. */
export async function inspectCameras(
  cameras: readonly CameraConfig[],
  context: CommandContext,
  times: InspectionTimes = INSPECTION_TIMES,
): Promise<InspectedCamera[]> {
  const interruption = new AbortController()
  using shutdown = new ShutdownSignal(context.signals, () => process.exit(1))
  shutdown.received.then(
    () => interruption.abort(),
    (error: unknown) => interruption.abort(error),
  )
  await using engines = new EnginePool(SILENT_LOG)
  engines.start()
  using progress = showProgress(cameras, context)
  const parts = { engines, log: SILENT_LOG }
  return await Promise.all(
    cameras.map(async (camera) => {
      const findings = await inspectCamera(camera, parts, times, interruption.signal)
      progress.done(camera)
      return { camera, findings, advice: advise(findings, camera) }
    }),
  )
}

function showProgress(
  cameras: readonly CameraConfig[],
  { stderr }: CommandContext,
): Disposable & { done(camera: CameraConfig): void } {
  const line = new ProgressLine(stderr)
  const began = performance.now()
  const waiting = new Set(cameras.map(({ id }) => id))
  const show = () => {
    if (waiting.size === 0) return
    const seconds = Math.round((performance.now() - began) / 1000)
    const names = [...waiting].slice(0, MAX_NAMED).join(', ') + (waiting.size > MAX_NAMED ? ', …' : '')
    line.show(`Looking at ${cameras.length} camera${cameras.length === 1 ? '' : 's'} … ${seconds} s, still at: ${names}`)
  }
  show()
  const timer = setInterval(show, 500)
  return {
    done: (camera) => {
      waiting.delete(camera.id)
      show()
    },
    [Symbol.dispose]: () => {
      clearInterval(timer)
      line[Symbol.dispose]()
    },
  }
}

const MAX_NAMED = 6
