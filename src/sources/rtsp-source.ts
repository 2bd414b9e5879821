import type { CameraUrl } from '../lib/camera-url.ts'
import { FULL_TRUST_CHECK, type TlsTrust } from '../lib/tls-trust.ts'
import type { Track } from '../media/packet.ts'
import type { AccessUnit } from '../rtsp/access-units.ts'
import type { RtspTransport, TrackReceiver } from '../rtsp/media-path.ts'
import type { RtpTime } from '../rtsp/rtp-clock.ts'
import { RtspSession, type RtspVisit } from '../rtsp/rtsp-session.ts'
import { RTSP_TIMING, type RtspTiming } from '../rtsp/rtsp-timing.ts'
import type { VideoOffer } from '../rtsp/video-offer.ts'
import { type ReceptionCounts, VideoReceiver } from '../rtsp/video-receiver.ts'
import type { Log } from '../telemetry/log.ts'
import type { Source, SourceOutput } from './source.ts'
import { TrackFollower } from './track-follower.ts'

export interface RtspSourceSettings {
  /** Its credentials only ever travel in the `Authorization` field. */
  readonly url: CameraUrl
  /** How a certificate is checked, at rtsps://; fully unless given. */
  readonly tls?: TlsTrust
  /** The one way the video may travel; without it TCP, and UDP where the camera refuses that. */
  readonly transport?: RtspTransport | undefined
  readonly log: Log
  /** Times other than the usual ones. */
  readonly options?: Partial<RtspTiming>
}

/** What a connection to a camera went through, counted since it began. */
export interface RtspStatistics extends ReceptionCounts {
  /** How often the camera lost the framing of its TCP stream. */
  readonly resyncs: number
}

/** Video from a camera over RTSP. */
export class RtspSource implements Source {
  readonly #url: CameraUrl
  readonly #tls: TlsTrust
  readonly #transports: readonly RtspTransport[]
  readonly #log: Log
  readonly #timing: RtspTiming
  #session: RtspSession | undefined
  #receiver: VideoReceiver | undefined

  constructor({ url, tls = FULL_TRUST_CHECK, transport, log, options }: RtspSourceSettings) {
    this.#transports = transport ? [transport] : ['tcp', 'udp']
    this.#url = url
    this.#tls = tls
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
    this.#receiver = undefined
    this.#session = new RtspSession({
      url: this.#url,
      tls: this.#tls,
      transports: this.#transports,
      timing: this.#timing,
      log: this.#log,
      receive: (offer) => this.#receive(offer, output),
    })
    await this.#session.run(signal)
  }

  #receive(offer: VideoOffer, output: SourceOutput): TrackReceiver {
    const tracks = new TrackFollower(offer, (track) => output.track(track), this.#log)
    this.#receiver = new VideoReceiver(offer, (unit, time) => {
      const track = tracks.trackOf(unit.description)
      if (track) output.packet(toPacket(unit, time, track))
    })
    return this.#receiver
  }
}

function toPacket(unit: AccessUnit, { pts, capturedAt }: RtpTime, track: Track) {
  return { track, data: unit.data, pts, dts: pts, keyframe: unit.keyframe, capturedAt }
}
