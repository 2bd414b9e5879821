import { AtalayaError } from '../../api/errors.ts'
import { fitRendition } from '../../cameras/choose-rendition.ts'
import type { CameraConfig } from '../../config/config.ts'
import type { Decoder, Engines } from '../../engine/engine.ts'
import type { Packet, Track } from '../../media/packet.ts'
import { type Micros, millis, now } from '../../media/time.ts'
import { openSource, type SourceParts } from '../../sources/open-source.ts'
import { RtspSource } from '../../sources/rtsp-source.ts'
import type { Source } from '../../sources/source.ts'
import type { CameraFindings } from './camera-findings.ts'
import { StreamMeter } from './stream-meter.ts'

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
    if (!signal.aborted) await source.run(visit, visit.signal)
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

  track(track: Track): void {
    this.#track = track
  }

  packet(packet: Packet): void {
    if (this.signal.aborted) return
    this.#firstPacketAt ??= now()
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
    const visit = this.#source instanceof RtspSource ? this.#source.visit : undefined
    const statistics = this.#source instanceof RtspSource ? this.#source.statistics : undefined
    const { fps, bitsPerSecond, gop } = this.#meter.measure
    const error = this.#error ?? this.#silence(isInterrupted)
    return {
      givesPictures: this.#firstPictureMs !== undefined,
      error: error ? { code: error.code, message: error.message } : null,
      connectMs: rounded(visit?.connectMs),
      login: this.#error?.code === 'auth_failed' ? 'refused' : loginOf(visit?.isLoggedIn),
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
    if (watched < millis(this.#times.watchMs) || this.#meter.measure.wholeGops < ENOUGH_GOPS) return false
    const knowsClock = !(this.#source instanceof RtspSource) || this.#source.statistics?.cameraClockOffsetMs !== undefined
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
        this.#firstPictureMs = (now() - this.#began) / 1000
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

function loginOf(isLoggedIn: boolean | undefined): CameraFindings['login'] {
  return isLoggedIn === undefined ? null : isLoggedIn ? 'accepted' : 'not-asked-for'
}

/** To a tenth. */
function rounded(value: number | null | undefined): number | null {
  return value == null ? null : Math.round(value * 10) / 10
}
