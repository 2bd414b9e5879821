import { ServerResponse } from 'node:http'
import { Http2ServerResponse } from 'node:http2'
import { Readable } from 'node:stream'
import type { AtalayaError } from '../api/errors.ts'
import type { Camera, PictureRequest } from '../cameras/camera.ts'
import type { CameraSubscription } from '../cameras/picture-taker.ts'
import { limitUnsentBytes } from '../lib/unsent-limit.ts'
import { type MultipartMode, multipartEnd, multipartPart, multipartPreamble } from '../media/multipart.ts'
import type { Picture } from '../media/picture.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { chooseMultipartMode, mjpegHeaders } from './mjpeg-response.ts'

/** What a stream of pictures is made of. */
export interface MjpegStreamRequest {
  readonly request: PictureRequest
  /** Without it, what suits the one who asks. */
  readonly mode?: MultipartMode | undefined
}

/**
 * Live pictures as one endless multipart body, for any writable. It holds one picture: whenever the reader is ready it gets the
 * newest, and what it missed is gone. An outage of the camera ends nothing, unless `offline: close` is configured; a notice or the
 * last picture is repeated once a second meanwhile. It ends when the camera is put on hold or the gateway closes, after a whole picture.
 *
 * Piped into an HTTP response that has no Content-Type yet, it sets the response's headers, and it frees the camera when the
 * response is closed. A reader that takes nothing for 10 s is cut off.
 */
export class MjpegStream extends Readable {
  #mode: MultipartMode | undefined
  #subscription: CameraSubscription | undefined
  #response: Response | undefined
  #waiting: Picture | undefined
  /** The last that was sent, and the last of the camera itself. */
  #last: Picture | undefined
  #seen: Picture | undefined
  /** The reader has taken all that was pushed and wants more. */
  #isAsked = false
  #isOffline = true
  readonly #repeatTimer = setTimeout(() => this.#repeat(), REPEAT_AFTER_MS)
  readonly #stuckTimer = setTimeout(() => this.#onStuck(), STUCK_AFTER_MS)
  #answerTimer: NodeJS.Timeout | undefined

  /**
   * @internal
   * @throws {AtalayaError} `camera_stopped` while the camera is on hold; `too_many_viewers`.
   */
  static open(camera: Camera, { request, mode }: MjpegStreamRequest): MjpegStream {
    const stream = new MjpegStream(mode)
    try {
      stream.#subscription = camera.watch(request, {
        picture: (picture) => stream.#take(picture),
        offline: (error) => stream.#onOffline(error, camera),
        ended: (error) => stream.#finish(error),
      })
      if (!stream.#last) stream.#showNotice()
      return stream
    } catch (error) {
      stream.destroy()
      throw error
    }
  }

  private constructor(mode: MultipartMode | undefined) {
    // Nothing is read ahead: what waits here would grow old.
    super({ highWaterMark: 0 })
    this.#mode = mode
  }

  /** What belongs before this body, for answers that are not Node's own and for those that set their headers themselves. */
  get headers(): Record<string, string> {
    const { Connection: _, ...headers } = mjpegHeaders(this.#mode ?? 'length', this.#subscription?.rendition)
    return headers
  }

  /** As every readable's, and what the class says of HTTP responses. */
  override pipe<T extends NodeJS.WritableStream>(destination: T, options?: { end?: boolean | undefined }): T {
    destination.once('close', () => this.destroy())
    if (destination instanceof ServerResponse || destination instanceof Http2ServerResponse) {
      this.#answer(destination)
      if (destination.req.method === 'HEAD') {
        destination.end()
        return destination
      }
    }
    return super.pipe(destination, options)
  }

  override _read(): void {
    this.#stuckTimer.refresh()
    if (this.#waiting) this.#send(this.#waiting)
    else this.#isAsked = true
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#repeatTimer)
    clearTimeout(this.#stuckTimer)
    clearTimeout(this.#answerTimer)
    this.#subscription?.close()
    this.#waiting = undefined
    callback(error)
  }

  #answer(response: Response): void {
    this.#response = response
    // Its server is not the gateway's, whose listening socket has the limit.
    if (response.socket) limitUnsentBytes(response.socket, SILENT_LOG)
    this.#mode ??= chooseMultipartMode(response.req.headers.accept)
    if (response.headersSent || response.hasHeader('Content-Type')) return
    if (response instanceof ServerResponse) {
      response.useChunkedEncodingByDefault = false // the body ends with the connection: no framing between the bytes
      response.setHeader('Connection', 'close')
    }
    for (const [name, value] of Object.entries(this.headers)) response.setHeader(name, value)
    this.#answerTimer = setTimeout(() => sendHead(response), ANSWER_WITHIN_MS)
  }

  #onOffline(error: AtalayaError, { config }: Camera): void {
    this.#waiting = undefined
    this.#isOffline = true
    if (config.offline === 'close') this.#finish(error)
    else this.#showNotice()
  }

  #showNotice(): void {
    void this.#subscription?.notice(this.#seen).then((notice) => {
      if (!notice || !this.#isOffline || this.destroyed) return
      if (this.#isAsked) this.#send(notice)
      else this.#waiting = notice
    })
  }

  #take(picture: Picture): void {
    this.#isOffline = false
    this.#seen = picture
    if (this.#isAsked) this.#send(picture)
    else this.#waiting = picture
  }

  #send(picture: Picture): void {
    this.#isAsked = false
    this.#waiting = undefined
    this.#mode ??= 'length'
    this.#stuckTimer.refresh()
    this.#repeatTimer.refresh()
    clearTimeout(this.#answerTimer)
    const part = multipartPart(this.#mode, picture)
    const isFirst = this.#last === undefined
    this.#last = picture
    this.push(isFirst ? Buffer.concat([multipartPreamble(this.#mode), part]) : part)
  }

  /** A still scene is sent again: intermediaries and viewers take long silence for death. */
  #repeat(): void {
    if (this.#last && this.#isAsked) this.#send(this.#last)
    else this.#repeatTimer.refresh()
  }

  #onStuck(): void {
    if (this.#isAsked) {
      this.#stuckTimer.refresh()
      return
    }
    this.destroy()
    this.#response?.destroy()
  }

  #finish(error: AtalayaError): void {
    if (this.#last && this.#mode) this.push(multipartEnd(this.#mode, this.#last))
    if (this.#last || this.#response?.headersSent) this.push(null)
    else if (this.#response && this.listenerCount('error') === 0) this.#refuse(this.#response, error)
    else this.destroy(error)
  }

  /** An answer that promised pictures and has not begun tells instead why there are none. */
  #refuse(response: Response, error: AtalayaError): void {
    for (const name of Object.keys(this.headers)) response.removeHeader(name)
    response.statusCode = error.status
    response.setHeader('Content-Type', 'application/json; charset=utf-8')
    response.end(JSON.stringify({ error: { code: error.code, message: error.message } }))
    this.destroy()
  }
}

function sendHead(response: Response): void {
  if (response instanceof ServerResponse) response.flushHeaders()
  else response.writeHead(response.statusCode)
}

/** HTTP/1.1 and HTTP/2 alike. */
type Response = ServerResponse | Http2ServerResponse

/** A reader that takes nothing for so long is cut off. */
const STUCK_AFTER_MS = 10_000
const REPEAT_AFTER_MS = 1000
/** Programs give up on an address that does not answer. */
const ANSWER_WITHIN_MS = 3000
