import type { DiagnosisStepName } from '../../api/diagnosis.ts'
import { AtalayaError } from '../../api/errors.ts'
import type { CameraConfig } from '../../config/config.ts'
import type { Decoder, Engines } from '../../engine/engine.ts'
import type { Packet, Track } from '../../media/packet.ts'
import { type Micros, millis, now } from '../../media/time.ts'
import { HttpSource, type HttpVisit } from '../../sources/http-source.ts'
import { OnvifSource } from '../../sources/onvif-source.ts'
import { openSource, type SourceParts } from '../../sources/open-source.ts'
import { RtspSource } from '../../sources/rtsp-source.ts'
import type { Source } from '../../sources/source.ts'
import { fitRendition } from '../choose-rendition.ts'
import type { CameraFindings } from './camera-findings.ts'
import { obstacleOf, placeOf, reachFailure } from './obstacle.ts'
import { isWebServer, type Reach, reachHost } from './reach-host.ts'
import { StreamMeter } from './stream-meter.ts'

/** For an answer to somebody who waits: until there is a picture, and no longer. */
export const QUICK_TIMES = { totalMs: 12_000, watchMs: 0, clockMs: 0 } as const

/** How long a camera is looked at, in milliseconds. */
export interface InspectionTimes {
  /** All in all. */
  readonly totalMs: number
  /** At least so long from its first picture on. */
  readonly watchMs: number
  /** So long a camera is given to tell its clock. */
  readonly clockMs: number
}

export const INSPECTION_TIMES: InspectionTimes = { totalMs: 15_000, watchMs: 4000, clockMs: 6000 }

/** More of them add nothing to the one picture that is wanted. */
const MAX_BACKLOG = 100

/** So many groups of pictures are seen before the camera is left. */
const ENOUGH_GOPS = 2

/**
 * Opens a camera as the gateway would, watches it for a few seconds, and leaves it politely. Never rejects for what the
 * camera does: that is what it reports.
 */
export async function inspectCamera(
  camera: CameraConfig,
  parts: SourceParts,
  times: InspectionTimes,
  signal: AbortSignal,
): Promise<CameraFindings> {
  const source = openSource(camera, parts)
  const visit = new Inspection(camera, source, parts.engines, times)
  const patience = setTimeout(() => visit.end(), times.totalMs)
  const interrupt = () => visit.end()
  signal.addEventListener('abort', interrupt, { once: true })
  try {
    if (!signal.aborted) await visit.run()
  } catch (error) {
    visit.failed(error)
  } finally {
    clearTimeout(patience)
    signal.removeEventListener('abort', interrupt)
    visit.end()
  }
  return visit.findings(signal.aborted)
}

class Inspection {
  readonly #camera: CameraConfig
  readonly #source: Source
  readonly #engines: Engines
  readonly #times: InspectionTimes
  readonly #aborter = new AbortController()
  readonly #meter = new StreamMeter()
  readonly #began = now()
  #marks: Partial<Record<DiagnosisStepName, number>> = {}
  #reach: Reach | undefined
  #isWebServer = false
  #track: Track | undefined
  #decoder: Decoder | 'opening' | 'done' | undefined
  /** What came since the keyframe while the decoder was being opened. */
  #backlog: Packet[] = []
  #sequence = 0
  #firstPacketAt: Micros | undefined
  #firstPictureMs: number | undefined
  #error: AtalayaError | undefined

  constructor(camera: CameraConfig, source: Source, engines: Engines, times: InspectionTimes) {
    this.#camera = camera
    this.#source = source
    this.#engines = engines
    this.#times = times
  }

  get signal(): AbortSignal {
    return this.#aborter.signal
  }

  /** Never disturbs a camera that cannot be reached anyway. */
  async run(): Promise<void> {
    const place = placeOf(this.#camera.source)
    if (place) {
      this.#reach = await reachHost(place, this.signal)
      if (this.signal.aborted) return
      if (this.#reach.nameMs !== undefined) this.#mark('name')
      if (this.#reach.connectMs !== undefined) this.#mark('connection')
      if (this.#reach.obstacle) throw reachFailure(this.#reach.obstacle, place)
    }
    const began = this.#elapsed
    try {
      await this.#source.run(this, this.signal)
    } catch (error) {
      const hasSpoken = rtspOf(this.#source)?.visit?.answeredMs !== undefined
      if (
        place &&
        this.#camera.source.kind === 'rtsp' &&
        this.#camera.source.transport !== 'http' &&
        !hasSpoken &&
        !(error instanceof AtalayaError && error.code === 'auth_failed')
      )
        this.#isWebServer = await isWebServer(place)
      throw error
    } finally {
      const { connectMs = 0, answeredMs, describedMs } = rtspOf(this.#source)?.visit ?? {}
      if (answeredMs !== undefined) this.#marks.protocol = began + connectMs + answeredMs
      if (describedMs !== undefined) this.#marks.login = began + connectMs + describedMs
      const answered = httpVisitOf(this.#source)?.answeredMs
      if (answered !== undefined) this.#marks.protocol = this.#marks.login = began + answered
    }
  }

  get #elapsed(): number {
    return (now() - this.#began) / 1000
  }

  #mark(step: DiagnosisStepName): void {
    this.#marks[step] ??= this.#elapsed
  }

  track(track: Track): void {
    this.#track = track
    this.#mark('codec')
  }

  packet(packet: Packet): void {
    if (this.signal.aborted) return
    this.#firstPacketAt ??= now()
    this.#mark('stream')
    this.#mark('codec')
    if (packet.keyframe) this.#mark('keyframe')
    this.#track = packet.track
    this.#meter.add(packet, now())
    this.#show(packet)
    if (this.#hasSeenEnough()) this.end()
  }

  failed(error: unknown): void {
    this.#error ??= error instanceof AtalayaError ? error : new AtalayaError('internal_error', undefined, { cause: error })
  }

  end(): void {
    this.#aborter.abort()
    this.#closeDecoder()
  }

  findings(isInterrupted: boolean): CameraFindings {
    const rtsp = rtspOf(this.#source)
    const [visit, statistics] = [rtsp?.visit, rtsp?.statistics]
    const { fps, bitsPerSecond, gop } = this.#meter.measure
    const error = this.#error ?? this.#silence(isInterrupted)
    return {
      givesPictures: this.#firstPictureMs !== undefined,
      error: error ? { code: error.code, message: error.message } : null,
      obstacle: error
        ? (this.#reach?.obstacle ?? (this.#isWebServer ? 'web_server' : obstacleOf(error, this.#camera.source, this.#marks)))
        : null,
      marks: Object.fromEntries(Object.entries(this.#marks).map(([step, ms]) => [step, Math.round(ms * 10) / 10])),
      connectMs: rounded(visit?.connectMs),
      login: this.#error?.code === 'auth_failed' ? 'refused' : loginOf((visit ?? httpVisitOf(this.#source))?.isLoggedIn),
      codec: this.#track?.codec ?? null,
      width: this.#track?.width ?? null,
      height: this.#track?.height ?? null,
      nominalFps: this.#track?.fps ?? null,
      fps: rounded(fps),
      gop: gop ? { ...gop, seconds: rounded(gop.seconds) } : null,
      bitsPerSecond: bitsPerSecond === undefined ? null : Math.round(bitsPerSecond),
      packetsLost: statistics?.packetsLost ?? 0,
      offers: (visit?.media ?? []).flatMap(({ kind, formats }) =>
        formats.map(({ codec, clockRate }) => ({ kind, codec: codec || 'unknown', clockRate })),
      ),
      clockOffsetMs: statistics?.cameraClockOffsetMs ?? null,
      firstPictureMs: rounded(this.#firstPictureMs),
    }
  }

  #hasSeenEnough(): boolean {
    if (this.#firstPacketAt === undefined || (this.#decoder !== 'done' && this.#error === undefined)) return false
    const watched = now() - this.#firstPacketAt
    if (watched < millis(this.#times.watchMs) || (this.#times.watchMs > 0 && this.#meter.measure.wholeGops < ENOUGH_GOPS))
      return false
    const rtsp = rtspOf(this.#source)
    const knowsClock = rtsp === undefined || rtsp.statistics?.cameraClockOffsetMs !== undefined
    return knowsClock || watched >= millis(this.#times.clockMs)
  }

  /** Until there is one picture, then never again. */
  #show(packet: Packet): void {
    if (this.#decoder === undefined) {
      if (!packet.keyframe) return
      this.#decoder = 'opening'
      this.#openDecoder(packet.track).catch((error: unknown) => this.failed(error))
    }
    if (this.#decoder === 'opening') {
      if (this.#backlog.length < MAX_BACKLOG) this.#backlog.push(packet)
    } else if (this.#decoder !== 'done') this.#decoder.push(packet, ++this.#sequence, false)
  }

  async #openDecoder(track: Track): Promise<void> {
    const decoder = await this.#engines.openDecoder(this.#camera.id, track, {
      picture: () => {
        this.#firstPictureMs = this.#elapsed
        this.#mark('picture')
        this.#closeDecoder()
      },
      condition: () => undefined, // one picture tells nothing yet
      failed: (error) => {
        this.failed(error)
        this.#closeDecoder()
      },
    })
    if (this.#decoder === 'done') return decoder.close()
    const { width = 640, height = 360 } = track
    decoder.setRenditions(new Map([[1, fitRendition({ quality: this.#camera.quality }, { width, height })]]))
    this.#decoder = decoder
    for (const packet of this.#backlog.splice(0)) decoder.push(packet, ++this.#sequence, false)
  }

  #closeDecoder(): void {
    if (typeof this.#decoder === 'object') this.#decoder.close()
    this.#decoder = 'done'
    this.#backlog = []
  }

  /** Nothing failed, and still there was no picture. */
  #silence(isInterrupted: boolean): AtalayaError | undefined {
    if (this.#firstPictureMs !== undefined) return undefined
    if (isInterrupted) return new AtalayaError('no_picture', 'Interrupted before there was a picture.')
    const seconds = this.#times.totalMs / 1000
    return this.#firstPacketAt === undefined
      ? new AtalayaError(
          'stalled',
          `The camera is connected but sent no video within ${seconds} s: restart it, or try its other stream.`,
        )
      : new AtalayaError('no_picture', `The camera sends video, but no picture could be made of it within ${seconds} s.`)
  }
}

/** The RTSP side of a way in, where it has one. */
function rtspOf(source: Source): RtspSource | undefined {
  if (source instanceof OnvifSource) return source.stream ? rtspOf(source.stream) : undefined
  return source instanceof RtspSource ? source : undefined
}

function httpVisitOf(source: Source): HttpVisit | undefined {
  return source instanceof HttpSource ? source.visit : undefined
}

function loginOf(isLoggedIn: boolean | undefined): CameraFindings['login'] {
  return isLoggedIn === undefined ? null : isLoggedIn ? 'accepted' : 'not-asked-for'
}

/** To a tenth. */
function rounded(value: number | null | undefined): number | null {
  return value == null ? null : Math.round(value * 10) / 10
}
