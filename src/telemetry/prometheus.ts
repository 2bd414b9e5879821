import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { CameraStatus } from '../api/camera-status.ts'
import type { ErrorCode } from '../api/errors.ts'
import type { DeliveryMetrics } from './metrics.ts'

/** The metrics of one gateway, in Prometheus' text format. */
export class PrometheusMetrics implements DeliveryMetrics {
  readonly #registry = new Registry()
  readonly #sent: Counter<'camera'>
  readonly #skipped: Counter<'camera'>
  readonly #left: Counter<'camera' | 'reason'>
  readonly #age: Histogram<'camera'>
  readonly #config: Gauge
  readonly #refused: Counter<'code'>

  /** @param statuses asked at each scrape */
  constructor(version: string, statuses: () => readonly CameraStatus[]) {
    const registers = [this.#registry]
    const camera = ['camera'] as const
    collectDefaultMetrics({ register: this.#registry })
    new Gauge({ name: 'atalaya_build_info', help: 'The version that runs.', labelNames: ['version'], registers }).set(
      { version },
      1,
    )
    this.#sent = new Counter({
      name: 'atalaya_viewer_pictures_sent_total',
      help: 'Pictures handed to viewers.',
      labelNames: camera,
      registers,
    })
    this.#skipped = new Counter({
      name: 'atalaya_viewer_pictures_skipped_total',
      help: 'Pictures that a viewer was too slow for.',
      labelNames: camera,
      registers,
    })
    this.#left = new Counter({
      name: 'atalaya_viewer_disconnects_total',
      help: 'Viewers that left: client (by themselves), slow (took nothing for 10 s), ended (the pictures ended).',
      labelNames: ['camera', 'reason'],
      registers,
    })
    this.#age = new Histogram({
      name: 'atalaya_picture_age_seconds',
      help: 'Age of pictures, from capture to the socket of the viewer.',
      labelNames: camera,
      buckets: [0.005, 0.01, 0.02, 0.033, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    })
    this.#refused = new Counter({
      name: 'atalaya_http_refused_total',
      help: 'Requests that were answered with an error, by its code.',
      labelNames: ['code'],
      registers,
    })
    this.#config = new Gauge({
      name: 'atalaya_config_in_force',
      help: '1 while the configuration that runs is the one in the file; 0: the file is wrong and was refused.',
      registers,
    })
    this.#config.set(1)
    for (const [name, help, value] of CAMERA_GAUGES) {
      const Metric = name.endsWith('_total') ? Counter : Gauge
      const metric = new Metric({ name, help, labelNames: camera, registers, collect: () => refresh() })
      const refresh = () => {
        metric.reset()
        for (const status of statuses()) metric.inc({ camera: status.id }, value(status))
      }
    }
  }

  /** The Content-Type of `text()`. */
  get contentType(): string {
    return this.#registry.contentType
  }

  /** @param isSeen which cameras whoever asks may know of; all unless given */
  async text(isSeen: (camera: string) => boolean = () => true): Promise<string> {
    const text = await this.#registry.metrics()
    const isAbout = (line: string) => /^[^#]*[{,]camera="([^"\\]*)"/.exec(line)?.[1]
    return text
      .split('\n')
      .filter((line) => {
        const camera = isAbout(line)
        return camera === undefined || isSeen(camera)
      })
      .join('\n')
  }

  /** A request was answered with this error. */
  refused(code: ErrorCode): void {
    this.#refused.inc({ code })
  }

  /** The file of the configuration was read. */
  configRead(isInForce: boolean): void {
    this.#config.set(isInForce ? 1 : 0)
  }

  pictureSent(camera: string, age: number): void {
    this.#sent.inc({ camera })
    this.#age.observe({ camera }, age)
  }

  pictureSkipped(camera: string): void {
    this.#skipped.inc({ camera })
  }

  viewerLeft(camera: string, reason: 'client' | 'slow' | 'ended'): void {
    this.#left.inc({ camera, reason })
  }

  /** The camera is gone: what was counted of it would be held for ever. */
  forget(camera: string): void {
    for (const metric of [this.#sent, this.#skipped, this.#age]) metric.remove({ camera })
    for (const reason of ['client', 'slow', 'ended'] as const) this.#left.remove({ camera, reason })
  }
}

const CAMERA_GAUGES: readonly (readonly [name: string, help: string, value: (status: CameraStatus) => number])[] = [
  ['atalaya_camera_up', '1 while live pictures come in.', ({ active }) => (active ? 1 : 0)],
  ['atalaya_camera_fps', 'Pictures a second that arrive from the camera.', ({ fps }) => fps],
  ['atalaya_camera_viewers', 'Streams of the camera that are being watched.', ({ viewers }) => viewers],
  ['atalaya_camera_reconnects_total', 'Connections to the camera that were lost.', ({ reconnects }) => reconnects],
  [
    'atalaya_camera_last_picture_age_seconds',
    'Age of the newest picture; -1 before the first.',
    (status) => status.lastPictureAge ?? -1,
  ],
  [
    'atalaya_camera_lost_packets_total',
    'Packets that got lost on the way from the camera.',
    ({ streams }) => streams.reduce((sum, { lostPackets }) => sum + lostPackets, 0),
  ],
  ['atalaya_camera_skipped_packets_total', 'Packets that an engine was too slow for.', (status) => status.skippedPackets],
]
