import type { DiagnosisStep } from '../../api/diagnosis.ts'
import { advise } from '../../cameras/diagnosis/advise.ts'
import type { CameraFindings } from '../../cameras/diagnosis/camera-findings.ts'
import { describeSteps } from '../../cameras/diagnosis/describe-steps.ts'
import { INSPECTION_TIMES, type InspectionTimes, inspectCamera } from '../../cameras/diagnosis/inspect-camera.ts'
import type { CameraConfig } from '../../config/config.ts'
import type { Engines } from '../../engine/engine.ts'
import { SILENT_LOG } from '../../telemetry/log.ts'
import type { CommandContext } from '../command-context.ts'
import { ProgressLine } from '../progress-line.ts'
import { ShutdownSignal } from '../shutdown-signal.ts'

/** A stream of a camera that was opened, what was found, and what its owner should change. */
export interface InspectedStream {
  /** Its `source` is this stream. */
  readonly camera: CameraConfig
  readonly stream: 'main' | 'sub'
  readonly findings: CameraFindings
  readonly advice: readonly string[]
  /** The way to the picture, up to where it ends. */
  readonly steps: readonly DiagnosisStep[]
}

/** Opens all streams of all cameras at once. A first Ctrl+C ends the look with what is known by then, a second one at once. */
export async function inspectCameras(
  cameras: readonly CameraConfig[],
  engines: Engines,
  context: CommandContext,
  times: InspectionTimes = INSPECTION_TIMES,
): Promise<InspectedStream[]> {
  const streams = cameras.flatMap(streamsOf)
  const interruption = new AbortController()
  using shutdown = new ShutdownSignal(context.signals, () => process.exit(1))
  shutdown.received.then(
    () => interruption.abort(),
    (error: unknown) => interruption.abort(error),
  )
  using progress = showProgress(streams, context)
  const parts = { engines, log: SILENT_LOG }
  return await Promise.all(
    streams.map(async ({ camera, stream }) => {
      const findings = await inspectCamera(camera, parts, times, interruption.signal)
      progress.done({ camera, stream })
      const steps = describeSteps(findings, camera.source, camera.language ?? 'en')
      return { camera, stream, findings, advice: advise(findings, camera), steps }
    }),
  )
}

type Stream = Pick<InspectedStream, 'camera' | 'stream'>

function streamsOf(camera: CameraConfig): Stream[] {
  const main: Stream = { camera, stream: 'main' }
  return camera.sub ? [main, { camera: { ...camera, source: camera.sub }, stream: 'sub' }] : [main]
}

function nameOf({ camera, stream }: Stream): string {
  return stream === 'sub' ? `${camera.id} (sub)` : camera.id
}

function showProgress(streams: readonly Stream[], { stderr }: CommandContext): Disposable & { done(stream: Stream): void } {
  const line = new ProgressLine(stderr)
  const began = performance.now()
  const waiting = new Set(streams.map(nameOf))
  const show = () => {
    if (waiting.size === 0) return
    const seconds = Math.round((performance.now() - began) / 1000)
    const names = [...waiting].slice(0, MAX_NAMED).join(', ') + (waiting.size > MAX_NAMED ? ', …' : '')
    line.show(`Looking at the cameras … ${seconds} s, still at: ${names}`)
  }
  show()
  const timer = setInterval(show, 500)
  return {
    done: (stream) => {
      waiting.delete(nameOf(stream))
      show()
    },
    [Symbol.dispose]: () => {
      clearInterval(timer)
      line[Symbol.dispose]()
    },
  }
}

const MAX_NAMED = 6
