import type { ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import type { AtalayaError } from '../api/errors.ts'
import { EVERYBODY, type Subject } from '../auth/authorize.ts'
import type { Camera, PictureRequest } from '../cameras/camera.ts'
import type { CameraSubscription, PictureTaker } from '../cameras/picture-taker.ts'
import type { Viewers } from '../cameras/viewers.ts'
import { headersFor, isGone, isHttp2 } from '../lib/http2-headers.ts'
import { type MultipartMode, multipartEnd, multipartPart, multipartPreamble } from '../media/multipart.ts'
import type { Picture } from '../media/picture.ts'
import { now } from '../media/time.ts'
import type { DeliveryMetrics, LeaveReason, SkipReason } from '../telemetry/metrics.ts'
import { AdaptiveQuality } from './adaptive-quality.ts'
import { mjpegHeaders } from './mjpeg-response.ts'
import { isNews } from './picture-fitter.ts'

/** What a viewer asked for. */
export interface MjpegOptions {
  readonly request: PictureRequest
  readonly mode: MultipartMode
  /** The pictures are fitted to what the viewer's line takes. */
  readonly isAdaptive?: boolean
  readonly metrics: DeliveryMetrics
  /** Where the viewer is put on the list, and the IP address that it has there. */
  readonly viewers?: Viewers
  /** Who watches, for as long as they may; everybody where nothing is said. */
  readonly subject?: Subject
  readonly address?: string
  /** Called once, just before the first byte of the answer is written. */
  readonly onAnswer: () => void
}

/**
 * Shows a camera to one viewer, until the viewer leaves or the camera's pictures end. An outage of the camera ends nothing.
 * Resolves when the response is finished.
 * @throws {AtalayaError} before anything is written: the camera is on hold, has too many viewers, or cannot be decoded here.
 */
export async function streamMjpeg(camera: Camera, response: ServerResponse, options: MjpegOptions): Promise<void> {
  const viewer = new MjpegViewer(camera, response, options)
  await viewer.run()
}

/**
 * One viewer: a mailbox with one slot. It takes the newest picture when its socket has taken the former one; what it
 * missed is counted and never queued.
 */
class MjpegViewer implements PictureTaker {
  readonly #camera: Camera
  readonly #response: ServerResponse
  readonly #options: MjpegOptions
  #subscription: CameraSubscription | undefined
  #waiting: Picture | undefined
  /** The last that was sent, and the last of the camera itself. */
  #last: Picture | undefined
  #seen: Picture | undefined
  #isOffline = true
  #isSending = false
  #hasAnswered = false
  #sent = 0
  #skipped = 0
  #unlist: (() => void) | undefined
  #adaptive: AdaptiveQuality | undefined
  #hasLeft = false
  #settle: (error?: AtalayaError) => void = () => undefined
  readonly #answerTimer = setTimeout(() => this.#answer(), ANSWER_WITHIN_MS)
  readonly #repeatTimer = setTimeout(() => this.#repeat(), REPEAT_AFTER_MS)
  readonly #stuckTimer = setTimeout(() => this.#onStuck(), STUCK_AFTER_MS)

  constructor(camera: Camera, response: ServerResponse, options: MjpegOptions) {
    this.#camera = camera
    this.#response = response
    this.#options = options
  }

  async run(): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#settle = (error) => (error ? reject(error) : resolve())
        this.#response.once('close', () => this.#leave('client'))
        if (isGone(this.#response)) return resolve()
        this.#subscription = this.#camera.watch(this.#options.request, this)
        if (this.#options.isAdaptive) this.#adaptive = this.#adapt(this.#subscription)
        this.#unlist = this.#enlist()
        this.#sendWaiting()
        if (!this.#last) this.#showNotice()
      })
    } finally {
      this.#unlist?.()
      clearTimeout(this.#answerTimer)
      clearTimeout(this.#repeatTimer)
      clearTimeout(this.#stuckTimer)
      this.#adaptive?.[Symbol.dispose]()
      this.#subscription?.close()
    }
  }

  picture(picture: Picture): void {
    if (this.#adaptive && !isNews(picture, this.#seen)) return
    this.#isOffline = false
    this.#seen = picture
    if (this.#adaptive && !this.#adaptive.admits(picture)) {
      this.#skip('line')
      return
    }
    // The newest picture comes with the subscription, which is not known yet and names the rendition.
    if (this.#isFree && this.#subscription) {
      this.#send(picture)
      return
    }
    if (this.#waiting) this.#skip('busy')
    this.#waiting = picture
  }

  /** A notice or the last picture is shown; new ones follow on the same response. */
  offline(error: AtalayaError): void {
    this.#waiting = undefined
    this.#isOffline = true
    if (this.#camera.config.offline === 'close') this.ended(error)
    else this.#showNotice()
  }

  ended(error: AtalayaError): void {
    if (this.#hasAnswered) this.#response.end(this.#last && multipartEnd(this.#options.mode, this.#last))
    this.#leave('ended', this.#hasAnswered ? undefined : error)
  }

  get #isFree(): boolean {
    return !this.#isSending && (this.#adaptive?.isClear ?? true)
  }

  /**
   * Where the bytes of the body go once the headers are written: to the socket itself, for HTTP/1.1 puts nothing between them, and
   * node:http would take as long for a picture as the socket does. A pipelined response gets its socket when its turn comes.
   */
  get #body(): Writable {
    const socket = isHttp2(this.#response) ? undefined : this.#response.socket
    return socket?.writable ? socket : this.#response
  }

  #skip(reason: SkipReason): void {
    this.#skipped++
    this.#options.metrics.pictureSkipped(this.#camera.id, reason)
  }

  #adapt(subscription: CameraSubscription): AdaptiveQuality | undefined {
    const { socket } = this.#response
    if (!socket) return undefined
    return new AdaptiveQuality({
      socket: isHttp2(this.#response) ? undefined : socket, // others share it
      request: this.#options.request,
      quality: this.#camera.config.quality,
      sourceFps: () => subscription.sourceFps,
      change: (request) => {
        this.#waiting = undefined // too large, or not as good as may be
        subscription.change(request)
      },
      onClear: () => this.#isFree && this.#sendWaiting(),
    })
  }

  #enlist(): (() => void) | undefined {
    const { viewers, subject = EVERYBODY, address = '', mode } = this.#options
    return viewers?.add({
      camera: this.#camera.id,
      subject,
      address,
      mode,
      describe: () => ({
        rendition: this.#subscription?.rendition ?? null,
        sent: this.#sent,
        skipped: this.#skipped,
        drain: this.#adaptive?.bytesPerSecond === undefined ? null : Math.round(this.#adaptive.bytesPerSecond),
        lastPictureAge: this.#seen && this.#sent > 0 ? Math.round((now() - this.#seen.capturedAt) / 1000) / 1000 : null,
      }),
      close: (reason) => {
        const isStuck = this.#isSending
        this.ended(reason)
        if (isStuck && this.#hasAnswered) this.#response.destroy()
      },
    })
  }

  #showNotice(): void {
    void this.#subscription?.notice(this.#seen).then((notice) => {
      if (!notice || !this.#isOffline || this.#hasLeft) return
      if (this.#isSending) this.#waiting = notice
      else this.#send(notice)
    })
  }

  #send(picture: Picture): void {
    const isFirst = this.#last === undefined
    this.#answer()
    this.#last = picture
    this.#isSending = true
    this.#stuckTimer.refresh()
    this.#repeatTimer.refresh()
    const body = this.#body
    if (isFirst) body.cork()
    if (isFirst) body.write(multipartPreamble(this.#options.mode))
    const part = multipartPart(this.#options.mode, picture)
    this.#adaptive?.sending(part.length)
    body.write(part, () => this.#onTaken(picture))
    if (isFirst) body.uncork()
  }

  /** The kernel has taken the picture. */
  #onTaken(picture: Picture): void {
    this.#isSending = false
    this.#adaptive?.sent()
    this.#sent++
    this.#stuckTimer.refresh()
    if (!picture.isNotice) this.#options.metrics.pictureSent(this.#camera.id, (now() - picture.capturedAt) / 1e6)
    if (this.#isFree) this.#sendWaiting()
  }

  #sendWaiting(): void {
    const next = this.#waiting
    this.#waiting = undefined
    if (next && !this.#response.writableEnded) this.#send(next)
  }

  /** The headers go out with the first picture, which names the rendition, or after a while without one. */
  #answer(): void {
    if (this.#hasAnswered) return
    this.#hasAnswered = true
    clearTimeout(this.#answerTimer)
    this.#options.onAnswer()
    this.#response.useChunkedEncodingByDefault = false // the body ends with the connection: no framing between the bytes
    this.#response.writeHead(200, headersFor(this.#response, mjpegHeaders(this.#options.mode, this.#subscription?.rendition)))
    this.#response.flushHeaders()
  }

  /** A still scene is sent again: intermediaries and viewers take long silence for death. */
  #repeat(): void {
    if (this.#last && !this.#isSending) this.#send(this.#last)
    else this.#repeatTimer.refresh()
  }

  #onStuck(): void {
    if (!this.#isSending) {
      this.#stuckTimer.refresh()
      return
    }
    const stuck = this.#last
    // After a sleep of the process itself, what the kernel has taken meanwhile is known after one look at the sockets.
    setImmediate(() => {
      if (!this.#isSending || this.#last !== stuck) return
      this.#leave('slow')
      this.#response.destroy()
    })
  }

  #leave(reason: LeaveReason, error?: AtalayaError): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    this.#options.metrics.viewerLeft(this.#camera.id, reason)
    this.#settle(error)
  }
}

/** A viewer that takes nothing for so long is closed. */
const STUCK_AFTER_MS = 10_000
const REPEAT_AFTER_MS = 1000
/** Programs give up on an address that does not answer. */
const ANSWER_WITHIN_MS = 3000
