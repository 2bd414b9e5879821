import { AtalayaError } from '../api/errors.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import { parseSps } from '../media/h264-sps.ts'
import type { Track } from '../media/packet.ts'
import type { H264AccessUnit } from '../rtsp/h264-access-units.ts'
import { H264Receiver, type ReceptionCounts } from '../rtsp/h264-receiver.ts'
import type { RtpTime } from '../rtsp/rtp-clock.ts'
import { RtspSession, type RtspVisit, type TrackReceiver } from '../rtsp/rtsp-session.ts'
import { RTSP_TIMING, type RtspTiming } from '../rtsp/rtsp-timing.ts'
import { readParameterSets, type VideoOffer } from '../rtsp/video-offer.ts'
import type { Log } from '../telemetry/log.ts'
import type { Source, SourceOutput } from './source.ts'

export interface RtspSourceSettings {
  /** Its credentials only ever travel in the `Authorization` field. */
  readonly url: CameraUrl
  readonly log: Log
  /** Times other than the usual ones. */
  readonly options?: Partial<RtspTiming>
}

/** What a connection to a camera went through, counted since it began. */
export interface RtspStatistics extends ReceptionCounts {
  /** How often the camera lost the framing of its TCP stream. */
  readonly resyncs: number
}

/** H.264 from a camera over RTSP, interleaved in TCP. */
export class RtspSource implements Source {
  readonly #url: CameraUrl
  readonly #log: Log
  readonly #timing: RtspTiming
  #session: RtspSession | undefined
  #receiver: H264Receiver | undefined

  constructor({ url, log, options }: RtspSourceSettings) {
    this.#url = url
    this.#log = log
    this.#timing = { ...RTSP_TIMING, ...options }
  }

  /** Of the present or last connection; undefined before its video was described. */
  get statistics(): RtspStatistics | undefined {
    return this.#receiver && { ...this.#receiver.counts, resyncs: this.#session?.resyncs ?? 0 }
  }

  /** How far the present or last connection came; undefined before the first. */
  get visit(): RtspVisit | undefined {
    return this.#session?.visit
  }

  async run(output: SourceOutput, signal: AbortSignal): Promise<void> {
    if (this.#url.scheme !== 'rtsp')
      throw new AtalayaError('unsupported', `${this.#url.scheme}:// is not supported here; use rtsp://.`)
    this.#receiver = undefined
    this.#session = new RtspSession({
      url: this.#url,
      timing: this.#timing,
      log: this.#log,
      receive: (offer) => this.#receive(offer, output),
    })
    await this.#session.run(signal)
  }

  #receive(offer: VideoOffer, output: SourceOutput): TrackReceiver {
    const tracks = new TrackFollower(offer, output, this.#log)
    this.#receiver = new H264Receiver(offer.format, (unit, time) => output.packet(toPacket(unit, time, tracks.trackOf(unit.sps))))
    return this.#receiver
  }
}

function toPacket(unit: H264AccessUnit, { pts, capturedAt }: RtpTime, track: Track) {
  return { track, data: unit.data, pts, dts: pts, keyframe: unit.keyframe, capturedAt }
}

/** Announces the track, and announces it anew when the stream's parameter sets say something else. */
class TrackFollower {
  readonly #offer: VideoOffer
  readonly #output: SourceOutput
  readonly #log: Log
  #sps: Buffer | undefined
  #track: Track | undefined

  constructor(offer: VideoOffer, output: SourceOutput, log: Log) {
    this.#offer = offer
    this.#output = output
    this.#log = log
    const described = readParameterSets(offer.format).find((set) => ((set[0] ?? 0) & 0x1f) === SPS)
    if (described) this.trackOf(described)
  }

  /** The track as its present sequence parameter set describes it. */
  trackOf(sps: Buffer): Track {
    if (sps === this.#sps && this.#track) return this.#track
    this.#sps = sps
    const track = this.#describe(sps)
    if (this.#track && isSameTrack(track, this.#track)) return this.#track
    this.#track = track
    this.#output.track(track)
    return track
  }

  /** A damaged parameter set leaves the size open: a decoder may still make something of the stream. */
  #describe(sps: Buffer): Track {
    try {
      const { width, height, fps = this.#offer.framerate } = parseSps(sps)
      return { codec: 'h264', width, height, ...(fps === undefined ? {} : { fps }) }
    } catch (error) {
      this.#log.warn({ err: error }, 'the size of the video cannot be read')
      return { codec: 'h264' }
    }
  }
}

function isSameTrack(a: Track, b: Track): boolean {
  return a.width === b.width && a.height === b.height && a.fps === b.fps
}

const SPS = 7
