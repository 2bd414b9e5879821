import { AtalayaError } from '../api/errors.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import type { TlsTrust } from '../lib/tls-trust.ts'
import type { Log } from '../telemetry/log.ts'
import { resolveBase, resolveControl } from './control-url.ts'
import { openRtspConnection, type RtspConnection } from './rtsp-connection.ts'
import { RtspDialogue } from './rtsp-dialogue.ts'
import { statusFailure } from './rtsp-failures.ts'
import { type InterleavedChannels, parseInterleaved, parsePublic, parseSession } from './rtsp-headers.ts'
import { startKeepalive } from './rtsp-keepalive.ts'
import { headerOf, type RtspResponse } from './rtsp-message.ts'
import type { RtspTiming } from './rtsp-timing.ts'
import { parseSdp, type SdpMedia } from './sdp.ts'
import { chooseVideo, type VideoOffer } from './video-offer.ts'

/** What takes the packets of the track that is played. Payloads are only valid during the call. */
export interface TrackReceiver {
  rtp(data: Buffer): void
  rtcp(data: Buffer): void
  /** The receiver report that is due; undefined while there is nothing to report. */
  receiverReport(): Buffer | undefined
}

export interface RtspSessionOptions {
  readonly url: CameraUrl
  readonly tls: TlsTrust
  readonly timing: RtspTiming
  readonly log: Log
  /** Called when the camera has described its video, before it is asked to send. */
  receive(offer: VideoOffer): TrackReceiver
}

/** How far a visit came, for those who look into a camera's troubles. */
export interface RtspVisit {
  /** How long the TCP connection took, name look-up included, in milliseconds; absent before it stands. */
  readonly connectMs?: number
  /** From there to its first answer and to its description, in milliseconds; absent before they came. */
  readonly answeredMs?: number
  readonly describedMs?: number
  /** Whether the camera asked for a login and accepted it; absent before it has described its streams. */
  readonly isLoggedIn?: boolean
  /** Everything that it offers at this address; absent before it has described it. */
  readonly media?: readonly SdpMedia[]
}

/** One visit to a camera: OPTIONS, DESCRIBE, SETUP over TCP, PLAY, and TEARDOWN at the end (RFC 2326). */
export class RtspSession {
  readonly #options: RtspSessionOptions
  #connection: RtspConnection | undefined
  /** What TEARDOWN needs, once the camera has opened a session. */
  #leaving: { dialogue: RtspDialogue; uri: string; sessionHeader: Readonly<Record<string, string>> } | undefined
  readonly #timers: (() => void)[] = []
  #visit: RtspVisit = {}

  constructor(options: RtspSessionOptions) {
    this.#options = options
  }

  /** How often the camera lost the framing of its TCP stream. */
  get resyncs(): number {
    return this.#connection?.resyncs ?? 0
  }

  get visit(): RtspVisit {
    return this.#visit
  }

  /** Plays until the signal is aborted, then resolves within a second, the session torn down and the socket released. Rejects when the camera ends it. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      const began = performance.now()
      this.#connection = await openRtspConnection(this.#options, signal)
      this.#visit = { connectMs: performance.now() - began }
      await this.#untilAborted(this.#play(this.#connection, signal), signal)
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      for (const stop of this.#timers) stop()
      await this.#leave()
    }
  }

  async #play(connection: RtspConnection, signal: AbortSignal): Promise<never> {
    const { url, timing, log } = this.#options
    const requested = encodeNonAscii(url.toString())
    const dialogue = new RtspDialogue(connection, url, timing.answerMs)
    const began = performance.now()
    const options = await dialogue.ask('OPTIONS', requested)
    this.#visit = { ...this.#visit, answeredMs: performance.now() - began }
    signal.throwIfAborted()
    const description = await dialogue.require('DESCRIBE', requested, { Accept: 'application/sdp' })
    signal.throwIfAborted()
    const text = description.body.toString('utf8')
    const described = { describedMs: performance.now() - began, isLoggedIn: dialogue.isLoggedIn, media: parseSdp(text).media }
    this.#visit = { ...this.#visit, ...described }
    const offer = chooseVideo(text)
    const receiver = this.#options.receive(offer)
    const base = resolveBase(
      requested,
      headerOf(description.headers, 'content-base') ?? headerOf(description.headers, 'content-location'),
    )
    const uri = resolveControl(base, offer.sessionControl)
    const trackUri = resolveControl(base, offer.control)
    log.debug({ uri: trackUri, codec: offer.format.codec }, 'the camera described its video')

    const setup = await dialogue.require('SETUP', trackUri, {
      Transport: `RTP/AVP/TCP;unicast;interleaved=${CHANNELS.rtp}-${CHANNELS.rtcp}`,
    })
    const session = parseSession(headerOf(setup.headers, 'session'))
    const sessionHeader: Readonly<Record<string, string>> = session ? { Session: session.id } : {}
    this.#leaving = { dialogue, uri, sessionHeader }
    signal.throwIfAborted()
    const channels = this.#readChannels(setup)
    // The first packets may overtake the answer to PLAY.
    connection.onFrame = (channel, payload) => {
      if (channel === channels.rtp) receiver.rtp(payload)
      else if (channel === channels.rtcp) receiver.rtcp(payload)
    }
    await this.#requestPlay(dialogue, [uri, trackUri], sessionHeader)
    signal.throwIfAborted()
    const methods = parsePublic(options.headers.get('public'))
    this.#timers.push(startKeepalive({ dialogue, uri, sessionHeader, methods, timeoutMs: session?.timeoutMs }, timing, log))
    this.#timers.push(this.#startReports(connection, channels.rtcp, receiver))
    throw await connection.ended
  }

  #readChannels(setup: RtspResponse): InterleavedChannels {
    const channels = parseInterleaved(headerOf(setup.headers, 'transport'), CHANNELS)
    if (channels) return channels
    throw new AtalayaError(
      'unsupported',
      `The camera at ${this.#options.url.authority} insists on sending over UDP, which is not supported.`,
    )
  }

  /** Most cameras play the presentation as a whole; some only the track. */
  async #requestPlay(
    dialogue: RtspDialogue,
    [uri, trackUri]: readonly [string, string],
    sessionHeader: Readonly<Record<string, string>>,
  ): Promise<void> {
    const headers = { ...sessionHeader, Range: 'npt=0.000-' }
    const response = await dialogue.ask('PLAY', uri, headers)
    if (response.status === AGGREGATE_NOT_ALLOWED) await dialogue.require('PLAY', trackUri, headers)
    else if (response.status >= 300) throw statusFailure('PLAY', response, this.#options.url.authority)
  }

  #startReports(connection: RtspConnection, channel: number, receiver: TrackReceiver): () => void {
    const timer = setInterval(() => {
      const report = receiver.receiverReport()
      if (report) connection.sendFrame(channel, report)
    }, this.#options.timing.receiverReportMs)
    return () => clearInterval(timer)
  }

  /** The camera's session is given back politely, for it may have only a few; a camera that does not answer is left anyway. */
  async #leave(): Promise<void> {
    if (!this.#connection) return
    this.#connection.onFrame = undefined
    if (this.#leaving) {
      const { dialogue, uri, sessionHeader } = this.#leaving
      await this.#withinTeardownTime(dialogue.ask('TEARDOWN', uri, sessionHeader))
    }
    await this.#connection.close()
  }

  async #withinTeardownTime(answer: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#options.timing.teardownMs)
    })
    try {
      await Promise.race([answer, patience])
    } catch (error) {
      this.#options.log.debug({ err: error }, 'no answer to TEARDOWN')
    } finally {
      clearTimeout(timer)
    }
  }

  async #untilAborted(work: Promise<never>, signal: AbortSignal): Promise<void> {
    const settled = new AbortController()
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { signal: settled.signal })
      if (signal.aborted) resolve()
    })
    try {
      await Promise.race([work, aborted])
    } finally {
      settled.abort()
    }
  }
}

/** What is asked for; the camera may choose others. */
const CHANNELS: InterleavedChannels = { rtp: 0, rtcp: 1 }
const AGGREGATE_NOT_ALLOWED = 459

/** A request line is ASCII (RFC 2326 section 3.2). */
function encodeNonAscii(url: string): string {
  return Buffer.from(url)
    .toString()
    .replace(/[^\x21-\x7e]+/g, encodeURIComponent)
}
