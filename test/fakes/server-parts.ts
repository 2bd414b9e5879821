import { Access } from '../../src/auth/access.ts'
import { Admission } from '../../src/cameras/admission.ts'
import { CameraEditor } from '../../src/cameras/camera-editor.ts'
import { CameraNews, summarize } from '../../src/cameras/camera-news.ts'
import { DestinationGuard } from '../../src/cameras/destination-guard.ts'
import { Doctor } from '../../src/cameras/diagnosis/doctor.ts'
import { Pilot } from '../../src/cameras/pilot.ts'
import { Registry } from '../../src/cameras/registry.ts'
import { Reloader } from '../../src/cameras/reloader.ts'
import { Viewers } from '../../src/cameras/viewers.ts'
import type { CameraConfig, Config } from '../../src/config/config.ts'
import { ConfigInForce } from '../../src/config/config-in-force.ts'
import type { LoadedConfig } from '../../src/config/load-config.ts'
import type { saveLocalCameras } from '../../src/config/save-local-cameras.ts'
import { Descriptors } from '../../src/lib/descriptors.ts'
import type { ServerParts } from '../../src/server/http-server.ts'
import { EventLog } from '../../src/telemetry/event-log.ts'
import { SILENT_LOG } from '../../src/telemetry/log.ts'
import { PrometheusMetrics } from '../../src/telemetry/prometheus.ts'
import { MemoryEngines } from './memory-engines.ts'
import { EMPTY_CONFIG, TestCamera } from './test-camera.ts'

/** What a test changes about the parts. */
export interface ServerPartsOptions extends Partial<Pick<ServerParts, 'access' | 'certificates' | 'log' | 'isShuttingDown'>> {
  readonly config?: Config
  readonly save?: typeof saveLocalCameras
  readonly descriptors?: Descriptors
  readonly load?: () => Promise<LoadedConfig>
  /** Called with each camera that is added by the API. */
  readonly onCreate?: (camera: TestCamera) => void
}

/** Real parts of a server around cameras on scripted sources; those are the cameras of the configuration, as it were. */
export function serverParts(cameras: readonly TestCamera[], options: ServerPartsOptions = {}): ServerParts {
  const { config = EMPTY_CONFIG, log = SILENT_LOG, isShuttingDown = () => false, save, onCreate, load } = options
  const descriptors = options.descriptors ?? new Descriptors({ reserve: () => 32 })
  const registry = new Registry()
  const events = new EventLog(() => [...registry].map((camera) => summarize(camera.status())))
  const { onChange } = new CameraNews(events)
  const createCamera = (camera: CameraConfig) => {
    const test = new TestCamera(camera, onChange)
    onCreate?.(test)
    return test.camera
  }
  for (const { camera } of cameras) registry.add(camera)
  for (const [id, camera] of config.cameras) if (!cameras.some((one) => one.camera.id === id)) registry.add(createCamera(camera))
  const configured = { ...config, cameras: new Map([...registry].map((camera) => [camera.id, camera.config])) }
  const inForce = new ConfigInForce(configured)
  const guard = new DestinationGuard({
    ownPort: () => 5000,
    ownAddresses: () => ['192.168.50.2'],
    listed: () => inForce.destinations,
    isFromFile: (id) => editor.isFromFile(id),
  })
  const editor = new CameraEditor({ config: inForce, cameras: registry, events, guard, createCamera, ...(save && { save }) })
  const access = options.access ?? new Access({ config: inForce, log })
  const viewers = new Viewers()
  return {
    config: inForce,
    access,
    cameras: registry,
    editor,
    reloader: new Reloader({ config: inForce, editor, events, log, load, onRead: () => undefined }),
    pilot: new Pilot(log, guard),
    discover: () => Promise.resolve([{ host: '10.0.0.9', port: 80, name: 'Front', hardware: 'IPC' }]),
    doctor: new Doctor({ engines: new MemoryEngines(), log, guard }),
    events,
    viewers,
    admission: new Admission({ cameras: registry, viewers, descriptors, limits: () => inForce.limits, log }),
    descriptors,
    metrics: new PrometheusMetrics('0.0.0', () => [...registry].map((camera) => camera.status())),
    log,
    version: '0.0.0',
    certificates: options.certificates,
    engine: () => undefined,
    isShuttingDown,
  }
}
