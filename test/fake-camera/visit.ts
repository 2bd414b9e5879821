import type { ClientChannel } from './client-channel.ts'
import { Gatekeeper } from './gatekeeper.ts'
import type { Manners } from './manners.ts'
import { type Request, RequestReader } from './request-reader.ts'
import { interleavedPath, RtpTrack, type TrackPath, udpPath } from './rtp-track.ts'
import type { SessionDesk } from './session-desk.ts'
import type { TimestampStyle } from './timestamps.ts'

/** What a visit asks of its camera. */
export interface VisitHost {
  readonly manners: Manners
  readonly timestamps: TimestampStyle
  readonly desk: SessionDesk
  describe(): string
  onRequest(request: Request): void
  /** Whether this SETUP for TCP is turned down. */
  refusesTcp(): boolean
  /** False while the camera does not even listen. */
  isAwake(): boolean
}

/** One client's connection to a fake camera: reads its requests, answers them, and holds the tracks that it is sent. */
export class Visit {
  /** Between SETUP and TEARDOWN. */
  open = false
  playing = false
  /** When the client last asked something, in milliseconds of `performance.now()`. */
  lastSign = performance.now()
  video: RtpTrack | undefined
  audio: RtpTrack | undefined
  readonly client: ClientChannel
  readonly #host: VisitHost
  readonly #gatekeeper: Gatekeeper | undefined
  #previousCseq = '0'

  constructor(client: ClientChannel, host: VisitHost) {
    this.client = client
    this.#host = host
    const { gate } = host.manners
    this.#gatekeeper = gate && new Gatekeeper(gate)
    const reader = new RequestReader((request) => this.#take(request))
    client.onBytes = (bytes) => {
      if (host.isAwake()) reader.push(bytes)
    }
  }

  /** Wrong logins so far. */
  get refused(): number {
    return this.#gatekeeper?.refused ?? 0
  }

  /** The client is gone. */
  end(): void {
    this.#close(false)
  }

  #take(request: Request): void {
    this.lastSign = performance.now()
    this.#host.onRequest(request)
    if (request.method === 'RTCP' || this.#host.manners.mute?.includes(request.method)) return
    void this.#answer(request)
  }

  async #answer(request: Request): Promise<void> {
    const { method, uri, headers, names } = request
    const { answers, path, needsUserAgent, needsExactCseq, redirectTo } = this.#host.manners
    if (needsExactCseq && !names.includes('CSeq')) return this.#write(request, 400)
    if (needsUserAgent && !headers.has('user-agent')) return this.#write(request, 401)
    const challenges = method === 'OPTIONS' ? undefined : this.#gatekeeper?.check(method, uri, headers.get('authorization'))
    if (challenges) return this.#write(request, 401, { 'WWW-Authenticate': challenges })
    const full = this.open ? undefined : this.#host.desk.refusalOf(method)
    if (full !== undefined) return this.#write(request, full)
    const status = answers?.[method]
    if (status !== undefined) return this.#write(request, status)
    if (path !== undefined && !uri.replace(/^rtsps?:\/\/[^/]*/, '').startsWith(path)) return this.#write(request, 404)
    if (redirectTo !== undefined && method === 'DESCRIBE') return this.#write(request, 302, { Location: redirectTo })
    await this.#serve(request)
  }

  async #serve(request: Request): Promise<void> {
    const { method } = request
    if (method === 'DESCRIBE') return this.#answerDescribe(request)
    if (method === 'SETUP') return await this.#answerSetup(request)
    if (method === 'OPTIONS') return this.#write(request, 200, { Public: this.#host.manners.methods ?? METHODS })
    this.#write(request, 200, { Session: SESSION })
    if (method === 'PLAY') this.playing = true
    if (method === 'TEARDOWN') this.#close(true)
  }

  #answerDescribe(request: Request): void {
    const base = this.#host.manners.contentBase ?? `${request.uri}/`
    const body = this.#host.describe()
    const fields = { ...(base ? { 'Content-Base': base } : {}), 'Content-Type': 'application/sdp' }
    this.#write(request, 200, { ...fields, 'Content-Length': String(Buffer.byteLength(body)) }, body)
  }

  async #answerSetup(request: Request): Promise<void> {
    const { sessionTimeout = 60, transportHeader, audioSetup } = this.#host.manners
    const isAudio = request.uri.endsWith('trackID=1')
    if (isAudio && audioSetup === 'silence') return
    if (isAudio && audioSetup === 'hang-up') return this.client.reset()
    if (isAudio && typeof audioSetup === 'number') return this.#write(request, audioSetup)
    const path = await this.#openPath(request.headers.get('transport') ?? '')
    if (!path) return this.#write(request, 461)
    if (!this.open) this.#host.desk.take()
    this.open = true
    if (isAudio) this.audio = new RtpTrack(path, AUDIO_TYPE, 8000)
    else this.video = new RtpTrack(path, VIDEO_TYPE, 90_000, this.#host.timestamps)
    const transport = transportHeader ?? path.transport
    this.#write(request, 200, { Session: `${SESSION};timeout=${sessionTimeout}`, Transport: transport })
  }

  /** Undefined when the client asks for another way than the camera has. */
  async #openPath(asked: string): Promise<TrackPath | undefined> {
    const { transports = ['tcp', 'udp'], insistsOnUdp, channel, sendsOn } = this.#host.manners
    const onReport = () => this.#take({ method: 'RTCP', uri: '', headers: new Map(), names: [] })
    const interleaved = Number(/interleaved=(\d+)/.exec(asked)?.[1] ?? 0)
    const isTcp = /RTP\/AVP\/TCP/.test(asked)
    if (isTcp && insistsOnUdp)
      return { ...interleavedPath(this.client, 0, 0), transport: 'RTP/AVP;unicast;server_port=6970-6971' }
    if (isTcp) {
      if (!transports.includes('tcp') || this.#host.refusesTcp()) return undefined
      const stated = channel === undefined ? interleaved : channel + interleaved
      return interleavedPath(this.client, stated, sendsOn === undefined ? stated : sendsOn + interleaved)
    }
    const [, rtp, rtcp] = /client_port=(\d+)-(\d+)/.exec(asked) ?? []
    if (!transports.includes('udp') || rtp === undefined) return undefined
    return await udpPath(this.client.address, [Number(rtp), Number(rtcp)], onReport)
  }

  #close(isPolite: boolean): void {
    if (this.open) this.#host.desk.giveBack(isPolite)
    this.open = false
    this.playing = false
    this.video?.path.close()
    this.audio?.path.close()
    this.video = undefined
    this.audio = undefined
  }

  #write(request: Request, status: number, fields: Readonly<Record<string, string | readonly string[]>> = {}, body = ''): void {
    const sequence = request.headers.get('cseq') ?? '0'
    const { cseq = 'honest' } = this.#host.manners
    const number = {
      honest: { CSeq: sequence },
      previous: { CSeq: this.#previousCseq },
      none: {},
      'lower-case': { cseq: sequence },
    }[cseq]
    this.#previousCseq = sequence
    const lines = Object.entries({ ...number, ...fields }).flatMap(([name, values]) =>
      [values].flat().map((value) => `${name}: ${value}\r\n`),
    )
    this.client.write(`RTSP/1.0 ${status} ${status === 200 ? 'OK' : 'No'}\r\n${lines.join('')}\r\n${body}`)
  }
}

/** RTP payload types of the two tracks. */
export const VIDEO_TYPE = 96
export const AUDIO_TYPE = 8
const SESSION = '7193582046'
const METHODS = 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN'
