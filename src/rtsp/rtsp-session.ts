import type { CameraUrl } from '../lib/camera-url.ts'
import type { TlsTrust } from '../lib/tls-trust.ts'
import type { Log } from '../telemetry/log.ts'
import { type AudioOffer, chooseAudio } from './audio-offer.ts'
import { resolveBase, resolveControl } from './control-url.ts'
import { encodeNonAscii } from './encode-non-ascii.ts'
import { type MediaPath, openMediaPath, type RtspTransport, type TrackReceiver } from './media-path.ts'
import { openRtspConnection, type RtspConnection } from './rtsp-connection.ts'
import { RtspDialogue } from './rtsp-dialogue.ts'
import { statusFailure } from './rtsp-failures.ts'
import { parsePublic, parseSession } from './rtsp-headers.ts'
import { startKeepalive } from './rtsp-keepalive.ts'
import { headerOf, type RtspResponse } from './rtsp-message.ts'
import type { RtspTiming } from './rtsp-timing.ts'
import { parseSdp, type SdpMedia } from './sdp.ts'
import { chooseVideo, type VideoOffer } from './video-offer.ts'

export interface RtspSessionOptions {
  readonly url: CameraUrl
  readonly tls: TlsTrust
  readonly timing: RtspTiming
  readonly log: Log
  /** Ways for the video, in the order in which they are tried; `http` stands alone. */
  readonly transports: readonly RtspTransport[]
  /** Called when the camera has described its video, before it is asked to send. */
  receive(offer: VideoOffer): TrackReceiver
  /** Whether the camera is asked for the audio that it offers, too. */
  readonly asksForAudio: boolean
  /** Called when the camera has agreed to send its audio. */
  receiveAudio(offer: AudioOffer): TrackReceiver
}

/** How far a visit came, for those who look into a camera's troubles. */
export interface RtspVisit {
  /** How long the connection took, name look-up included, in milliseconds; absent before it stands. */
  readonly connectMs?: number
  /** From there to its first answer and to its description, in milliseconds; absent before they came. */
  readonly answeredMs?: number
  readonly describedMs?: number
  /** Whether the camera asked for a login and accepted it; absent before it has described its streams. */
  readonly isLoggedIn?: boolean
  /** How the video travels; absent before the camera has agreed. */
  readonly transport?: RtspTransport
  /** Everything that it offers at this address; absent before it has described it. */
  readonly media?: readonly SdpMedia[]
}

/** The camera refers to another address (RFC 2326 section 11.3). */
export class RtspRedirect extends Error {
  /** As the camera wrote it. */
  readonly location: string

  constructor(location: string) {
    super('the camera refers to another address')
    this.location = location
  }
}

/** The camera ended the connection when it was asked for its audio. */
export class RtspAudioRefusal extends Error {}

/** One visit to a camera: OPTIONS, DESCRIBE, SETUP, PLAY, and TEARDOWN at the end (RFC 2326). */
export class RtspSession {
  readonly #options: RtspSessionOptions
  #connection: RtspConnection | undefined
  /** What TEARDOWN needs, once the camera has opened a session. */
  #leaving: { dialogue: RtspDialogue; uri: string; sessionHeader: Readonly<Record<string, string>> } | undefined
  readonly #timers: (() => void)[] = []
  #path: MediaPath | undefined
  #audioPath: MediaPath | undefined
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
      const way = this.#options.transports.includes('http') ? 'http' : 'direct'
      this.#connection = await openRtspConnection(this.#options, way, signal)
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
    const description = await this.#describe(dialogue, requested)
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

    const { setup, path } = await this.#setUp(dialogue, connection, trackUri)
    const session = parseSession(headerOf(setup.headers, 'session'))
    const sessionHeader: Readonly<Record<string, string>> = session ? { Session: session.id } : {}
    this.#leaving = { dialogue, uri, sessionHeader }
    signal.throwIfAborted()
    await this.#setUpAudio(dialogue, connection, { text, base, sessionHeader })
    signal.throwIfAborted()
    // The first packets may overtake the answer to PLAY.
    path.begin(headerOf(setup.headers, 'transport'), receiver)
    this.#visit = { ...this.#visit, transport: path.transport }
    await this.#requestPlay(dialogue, [uri, trackUri], sessionHeader)
    signal.throwIfAborted()
    const methods = parsePublic(options.headers.get('public'))
    this.#timers.push(startKeepalive({ dialogue, uri, sessionHeader, methods, timeoutMs: session?.timeoutMs }, timing, log))
    this.#timers.push(this.#startReports(path, receiver))
    throw await Promise.race([connection.ended, path.failed])
  }

  async #describe(dialogue: RtspDialogue, uri: string): Promise<RtspResponse> {
    const description = await dialogue.ask('DESCRIBE', uri, { Accept: 'application/sdp' })
    const location = headerOf(description.headers, 'location')
    if (description.status >= 300 && description.status < 400 && location !== undefined) throw new RtspRedirect(location)
    if (description.status < 200 || description.status > 299) {
      throw statusFailure('DESCRIBE', description, this.#options.url.authority)
    }
    return description
  }

  /** Asks for one way after the other while the camera refuses them. */
  async #setUp(
    dialogue: RtspDialogue,
    connection: RtspConnection,
    uri: string,
  ): Promise<{ setup: RtspResponse; path: MediaPath }> {
    const [...transports] = this.#options.transports
    for (;;) {
      const path = await openMediaPath(transports.shift() ?? 'tcp', connection, this.#options.timing)
      this.#path = path
      const setup = await dialogue.ask('SETUP', uri, { Transport: path.offer })
      const isGranted = setup.status >= 200 && setup.status < 300
      if (isGranted && (transports.length === 0 || path.agrees(headerOf(setup.headers, 'transport')))) return { setup, path }
      path.close()
      this.#path = undefined
      if (isGranted) await this.#giveBack(dialogue, uri, setup)
      else if (setup.status !== UNSUPPORTED_TRANSPORT || transports.length === 0)
        throw statusFailure('SETUP', setup, connection.authority)
    }
  }

  /** The camera has set up another way than it was asked for. */
  async #giveBack(dialogue: RtspDialogue, uri: string, setup: RtspResponse): Promise<void> {
    const session = parseSession(headerOf(setup.headers, 'session'))
    const { status } = await dialogue.ask('TEARDOWN', uri, session ? { Session: session.id } : {})
    this.#options.log.debug({ status }, 'the camera insists on another transport')
  }

  /** The audio beside the video, where there is some that is known. The camera may refuse it: the video is what counts. */
  async #setUpAudio(
    dialogue: RtspDialogue,
    connection: RtspConnection,
    { text, base, sessionHeader }: { text: string; base: string; sessionHeader: Readonly<Record<string, string>> },
  ): Promise<void> {
    const offer = this.#options.asksForAudio ? chooseAudio(parseSdp(text)) : undefined
    if (!offer || !this.#path) return
    let path: MediaPath | undefined
    try {
      path = await openMediaPath(this.#path.transport, connection, this.#options.timing, 1)
      const uri = resolveControl(base, offer.control)
      const setup = await dialogue.require('SETUP', uri, { Transport: path.offer, ...sessionHeader })
      const receiver = this.#options.receiveAudio(offer)
      path.begin(headerOf(setup.headers, 'transport'), receiver)
      this.#audioPath = path
      this.#timers.push(this.#startReports(path, receiver))
    } catch (error) {
      path?.close()
      if (connection.isOver) throw new RtspAudioRefusal('the camera ended the connection', { cause: error })
      this.#options.log.debug({ err: error, codec: offer.track.codec }, 'the camera refuses its audio')
    }
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

  #startReports(path: MediaPath, receiver: TrackReceiver): () => void {
    const timer = setInterval(() => {
      const report = receiver.receiverReport()
      if (report) path.sendReport(report)
    }, this.#options.timing.receiverReportMs)
    return () => clearInterval(timer)
  }

  /** The camera's session is given back politely, for it may have only a few; a camera that does not answer is left anyway. */
  async #leave(): Promise<void> {
    if (!this.#connection) return
    this.#path?.close()
    this.#audioPath?.close()
    if (this.#leaving) {
      const { dialogue, uri, sessionHeader } = this.#leaving
      await this.#withinTeardownTime(dialogue.leave('TEARDOWN', uri, sessionHeader))
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

const AGGREGATE_NOT_ALLOWED = 459
const UNSUPPORTED_TRANSPORT = 461
