import { Camera, type CameraParts } from '../../src/cameras/camera.ts'
import type { CameraConfig, Config } from '../../src/config/config.ts'
import { parseCameraUrl } from '../../src/lib/camera-url.ts'
import { SILENT_LOG } from '../../src/telemetry/log.ts'
import { MemoryEngines } from './memory-engines.ts'
import { ScriptedSource } from './scripted-source.ts'

/** A camera's configuration with nothing special, but for what the test names. */
export function cameraConfig(config: Partial<CameraConfig> = {}): CameraConfig {
  return {
    id: 'door',
    name: 'Door',
    ip: '10.0.0.9',
    source: { kind: 'rtsp', url: parseCameraUrl('rtsp://user:canary@10.0.0.9:554/1'), tls: { verify: true } },
    sub: undefined,
    control: undefined,
    transform: undefined,
    connect: 'always',
    default: true,
    width: undefined,
    height: undefined,
    fps: undefined,
    quality: 80,
    maxViewers: 10,
    offline: 'notice',
    language: 'en',
    ...config,
  }
}

/** A gateway's configuration without cameras. */
export const EMPTY_CONFIG: Config = {
  server: { host: '127.0.0.1', port: 0, names: ['cams.lab'] },
  auth: undefined,
  usersFile: undefined,
  tls: undefined,
  destinations: ['127.0.0.1'],
  cors: { origins: ['https://lab.example'] },
  limits: { viewers: 1000, viewersPerCamera: 500, viewersPerAddress: undefined, cameras: 4 },
  basePath: '',
  trustedProxies: [],
  engine: 'auto',
  language: undefined,
  cameras: new Map(),
  defaults: { maxViewers: 10, offline: 'notice', language: undefined },
  local: { file: undefined, cameras: new Map() },
}

/** A real camera object on a scripted source and engines without pixels. */
export class TestCamera {
  readonly source = new ScriptedSource()
  readonly engines = new MemoryEngines()
  readonly camera: Camera

  constructor(config: Partial<CameraConfig> = {}, onChange?: CameraParts['onChange']) {
    const parts = { openSource: () => this.source, engines: this.engines, log: SILENT_LOG }
    this.camera = new Camera(cameraConfig(config), { ...parts, ...(onChange && { onChange }) })
  }

  /** Starts the camera and delivers its first keyframe. */
  async goLive(): Promise<void> {
    this.camera.start()
    while (!this.source.isConnected) await new Promise((resolve) => setImmediate(resolve))
    this.source.describe()
    this.source.packet(true)
  }
}
