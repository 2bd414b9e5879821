import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { CameraStatus } from '../api/camera-status.ts'
import type { ErrorCode } from '../api/errors.ts'
import { CameraCounter, CameraHistogram } from './camera-metrics.ts'
import type { DeliveryMetrics, LeaveReason, PacketCost, SkipReason } from './metrics.ts'

/** The metrics of one gateway, in Prometheus' text format. */
export class PrometheusMetrics implements DeliveryMetrics, Disposable {
  readonly #registry = new Registry()
  readonly #sent = new CameraCounter('atalaya_viewer_pictures_sent_total', 'Pictures handed to viewers.')
  readonly #skipped = new CameraCounter<SkipReason>(
    'atalaya_viewer_pictures_skipped_total',
    'Pictures that a viewer did not get: busy (it had not taken the one before), line (quality=auto, its line bears no more).',
  )
  readonly #left = new CameraCounter<LeaveReason>(
    'atalaya_viewer_disconnects_total',
    'Viewers that left: client (by themselves), slow (took nothing for 10 s), ended (the pictures ended).',
  )
  readonly #jpegs = new CameraCounter('atalaya_engine_jpegs_total', 'JPEGs made.')
  readonly #late = new CameraCounter(
    'atalaya_engine_late_pictures_total',
    'Pictures decoded but not made, because the engine fell behind.',
  )
  readonly #age = new CameraHistogram(
    'atalaya_picture_age_seconds',
    'Age of pictures, from capture to the socket of the viewer.',
    AGES,
  )
  readonly #decoding = new CameraHistogram('atalaya_engine_decode_seconds', 'Time to decode one packet.', WORK_TIMES)
  readonly #making = new CameraHistogram(
    'atalaya_engine_encode_seconds',
    'Time to scale, convert and code one picture, all its renditions together.',
    WORK_TIMES,
  )
  readonly #counted = [this.#sent, this.#skipped, this.#left, this.#jpegs, this.#late, this.#age, this.#decoding, this.#making]
  readonly #refused = new Counter({
    name: 'atalaya_http_refused_total',
    help: 'Requests that were answered with an error, by its code.',
    labelNames: ['code'],
    registers: [this.#registry],
  })
  readonly #loopDelay = new LoopDelay(
    new Histogram({
      name: 'atalaya_event_loop_delay_seconds',
      help: 'How late the main process comes to what is due.',
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1],
      registers: [this.#registry],
    }),
  )
  readonly #config = new Gauge({
    name: 'atalaya_config_in_force',
    help: '1 while the configuration that runs is the one in the file; 0: the file is wrong and was refused.',
    registers: [this.#registry],
  })

  /** @param statuses asked at each scrape */
  constructor(version: string, statuses: () => readonly CameraStatus[]) {
    const registers = [this.#registry]
    // Its own measure of the event loop's delay wakes the process a hundred times a second unless told otherwise.
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 100 })
    new Gauge({ name: 'atalaya_build_info', help: 'The version that runs.', labelNames: ['version'], registers }).set(
      { version },
      1,
    )
    this.#config.set(1)
    for (const [name, help, value] of CAMERA_GAUGES) {
      const Metric = name.endsWith('_total') ? Counter : Gauge
      const metric = new Metric({ name, help, labelNames: ['camera'], registers, collect: () => refresh() })
      const refresh = () => {
        metric.reset()
        for (const status of statuses()) metric.inc({ camera: status.id }, value(status))
      }
    }
  }

  [Symbol.dispose](): void {
    this.#loopDelay[Symbol.dispose]()
  }

  /** The Content-Type of `text()`. */
  get contentType(): string {
    return this.#registry.contentType
  }

  /** @param isSeen which cameras whoever asks may know of; all unless given */
  async text(isSeen: (camera: string) => boolean = () => true): Promise<string> {
    const text = [await this.#registry.metrics(), ...this.#counted.map((metric) => metric.format()), ''].join('\n')
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
    this.#sent.count(camera)
    this.#age.observe(camera, age)
  }

  pictureSkipped(camera: string, reason: SkipReason): void {
    this.#skipped.count(camera, 1, reason)
  }

  viewerLeft(camera: string, reason: LeaveReason): void {
    this.#left.count(camera, 1, reason)
  }

  /** An engine is done with a packet of the camera. */
  packetDone(camera: string, { decoding, making, jpegs, isLate }: PacketCost): void {
    this.#decoding.observe(camera, decoding)
    if (jpegs > 0) this.#making.observe(camera, making)
    this.#jpegs.count(camera, jpegs)
    this.#late.count(camera, isLate ? 1 : 0)
  }

  /** The camera is gone: what was counted of it would be held for ever. */
  forget(camera: string): void {
    for (const metric of this.#counted) metric.forget(camera)
  }
}

/** Notes ten times a second how late a timer comes. */
class LoopDelay implements Disposable {
  readonly #timer: NodeJS.Timeout

  constructor(delays: Histogram) {
    let due = performance.now() + LOOP_DELAY_EVERY_MS
    this.#timer = setInterval(() => {
      const time = performance.now()
      delays.observe(Math.max(0, time - due) / 1000)
      due = time + LOOP_DELAY_EVERY_MS
    }, LOOP_DELAY_EVERY_MS).unref()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}

const LOOP_DELAY_EVERY_MS = 100

/** Upper bounds in seconds. */
const AGES = [0.005, 0.01, 0.02, 0.033, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** A picture of 640×360 takes 1 ms, one of 3840×2160 some 50 ms. */
const WORK_TIMES = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.033, 0.066, 0.13, 0.25, 0.5]

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
