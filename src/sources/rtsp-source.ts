import { AtalayaError } from '../api/errors.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import { followRedirect, MAX_REDIRECTS } from '../lib/follow-redirect.ts'
import { FULL_TRUST_CHECK, type TlsTrust } from '../lib/tls-trust.ts'
import type { Track } from '../media/packet.ts'
import type { Micros } from '../media/time.ts'
import type { AccessUnit } from '../rtsp/access-units.ts'
import { AudioLine } from '../rtsp/audio-line.ts'
import type { AudioOffer } from '../rtsp/audio-offer.ts'
import { AudioReceiver } from '../rtsp/audio-receiver.ts'
import type { RtspTransport, TrackReceiver } from '../rtsp/media-path.ts'
import type { RtpTime } from '../rtsp/rtp-clock.ts'
import { RtspAudioRefusal, RtspRedirect, RtspSession, type RtspVisit } from '../rtsp/rtsp-session.ts'
import { RTSP_TIMING, type RtspTiming } from '../rtsp/rtsp-timing.ts'
import type { VideoOffer } from '../rtsp/video-offer.ts'
import { type ReceptionCounts, VideoReceiver } from '../rtsp/video-receiver.ts'
import type { Log } from '../telemetry/log.ts'
import type { Reception, Source, SourceOutput } from './source.ts'
import { TrackFollower } from './track-follower.ts'
import { TransportChoice } from './transport-choice.ts'

export interface RtspSourceSettings {
  /** Its credentials only ever travel in the `Authorization` field. */
  readonly url: CameraUrl
  /** How a certificate is checked, at rtsps://; fully unless given. */
  readonly tls?: TlsTrust
  /** The one way the video may travel; without it they are tried, see {@link TransportChoice}. */
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
  readonly #transport: RtspTransport | undefined
  readonly #log: Log
  readonly #timing: RtspTiming
  #session: RtspSession | undefined
  #receiver: VideoReceiver | undefined
  #before = { packets: 0, pictures: 0 }
  #lastTransport: RtspTransport | undefined
  #hangsUpOnAudio = false

  constructor({ url, tls = FULL_TRUST_CHECK, transport, log, options }: RtspSourceSettings) {
    this.#transport = transport
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

  get reception(): Reception | undefined {
    const transport = this.visit?.transport ?? this.#lastTransport
    if (!transport) return undefined
    const { packetsLost = 0, unitsDropped = 0 } = this.#receiver?.counts ?? {}
    return { transport, lostPackets: this.#before.packets + packetsLost, lostPictures: this.#before.pictures + unitsDropped }
  }

  async run(output: SourceOutput, signal: AbortSignal): Promise<void> {
    const choice = new TransportChoice(this.#transport)
    let url = this.#url
    for (let redirects = 0; ; ) {
      const outcome = await this.#visitAt(url, choice, output, signal)
      if (outcome === 'left') return
      if (outcome === 'another-way') {
        this.#log.info({ transports: choice.ways }, 'the video does not get through by UDP: trying another way')
        continue
      }
      if (outcome === 'without-audio') continue
      if (redirects++ === MAX_REDIRECTS) throw tooManyRedirects(this.#url)
      url = this.#follow(url, outcome.location)
    }
  }

  /** One visit, until it is ended from here, or the camera refers to another address. */
  async #visitAt(
    url: CameraUrl,
    choice: TransportChoice,
    output: SourceOutput,
    signal: AbortSignal,
  ): Promise<'left' | 'another-way' | 'without-audio' | RtspRedirect> {
    this.#closeAccount()
    const givingUp = new AbortController()
    const line = new AudioLine()
    const onDamaged = (at: Micros) => {
      if (this.visit?.transport === 'udp' && choice.damaged(at)) givingUp.abort(ANOTHER_WAY)
    }
    this.#session = new RtspSession({
      url,
      tls: this.#tls,
      transports: choice.ways,
      timing: this.#timing,
      log: this.#log,
      receive: (offer) => refusable(this.#receive(offer, output, { line, onDamaged }), givingUp),
      receiveAudio: (offer) => refusable(receiveAudio(offer, output, line), givingUp),
      asksForAudio: output.audio !== undefined && !this.#hangsUpOnAudio,
    })
    try {
      await this.#session.run(AbortSignal.any([signal, givingUp.signal]))
      if (signal.aborted || !givingUp.signal.aborted) return 'left'
      if (givingUp.signal.reason === ANOTHER_WAY) return 'another-way'
      throw givingUp.signal.reason
    } catch (error) {
      if (error instanceof RtspRedirect) return error
      if (error instanceof RtspAudioRefusal) {
        this.#log.debug({ err: error }, 'the camera hangs up when it is asked for its audio: trying without')
        this.#hangsUpOnAudio = true
        return 'without-audio'
      }
      if (!(error instanceof AtalayaError)) throw error
      if (choice.failed(error, this.visit?.transport)) return 'another-way'
      throw choice.silence ?? error
    }
  }

  /** What was lost on another way is lost all the same. */
  #closeAccount(): void {
    const { packetsLost = 0, unitsDropped = 0 } = this.#receiver?.counts ?? {}
    this.#before = { packets: this.#before.packets + packetsLost, pictures: this.#before.pictures + unitsDropped }
    this.#lastTransport = this.visit?.transport ?? this.#lastTransport
    this.#receiver = undefined
  }

  #follow(from: CameraUrl, location: string): CameraUrl {
    const to = followRedirect(from, location, ['rtsp', 'rtsps'])
    if (!to) throw elsewhere(from)
    this.#log.debug({ from: from.authority, to: to.authority }, 'the camera refers to another address')
    return to
  }

  #receive(
    offer: VideoOffer,
    output: SourceOutput,
    { line, onDamaged }: { line: AudioLine; onDamaged: (at: Micros) => void },
  ): TrackReceiver {
    const tracks = new TrackFollower(offer, (track) => output.track(track), this.#log)
    const pass = (unit: AccessUnit, time: RtpTime) => {
      line.picture(time)
      const track = tracks.trackOf(unit.description)
      if (track) output.packet(toPacket(unit, time, track))
    }
    this.#receiver = new VideoReceiver(offer, pass, onDamaged)
    return this.#receiver
  }
}

/** Why a visit is ended that is to be made again. */
const ANOTHER_WAY = Symbol('another way')

function receiveAudio(offer: AudioOffer, output: SourceOutput, line: AudioLine): TrackReceiver {
  return new AudioReceiver(offer, ({ data }, time) => {
    const pts = line.place(time)
    if (pts !== undefined) output.audio?.({ track: offer.track, data: Buffer.from(data), pts, capturedAt: time.capturedAt })
  })
}

/** Ends the visit when what comes cannot be taken: packets arrive in handlers of sockets, out of which nothing may be thrown. */
function refusable(receiver: TrackReceiver, givingUp: AbortController): TrackReceiver {
  const attempt = (take: () => void) => {
    if (givingUp.signal.aborted) return
    try {
      take()
    } catch (error) {
      givingUp.abort(error instanceof AtalayaError ? error : new AtalayaError('internal_error', undefined, { cause: error }))
    }
  }
  return {
    rtp: (data) => attempt(() => receiver.rtp(data)),
    rtcp: (data) => attempt(() => receiver.rtcp(data)),
    receiverReport: () => receiver.receiverReport(),
  }
}

function elsewhere({ authority }: CameraUrl): AtalayaError {
  return new AtalayaError(
    'unsupported',
    `The camera at ${authority} refers to an address that is not followed: configure the address of its stream itself.`,
  )
}

function tooManyRedirects({ authority }: CameraUrl): AtalayaError {
  return new AtalayaError(
    'unsupported',
    `The camera at ${authority} refers from one address to the next, more than ${MAX_REDIRECTS} times.`,
  )
}

function toPacket({ data, keyframe }: AccessUnit, { pts, dts, capturedAt }: RtpTime, track: Track) {
  return { track, data, pts, dts, keyframe, capturedAt }
}
