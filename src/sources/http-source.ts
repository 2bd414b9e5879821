import type { IncomingMessage } from 'node:http'
import { AtalayaError } from '../api/errors.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import type { TlsTrust } from '../lib/tls-trust.ts'
import { type JpegHeader, parseJpegHeader } from '../media/jpeg.ts'
import { JpegScanner, type ScannedJpeg } from '../media/jpeg-scanner.ts'
import { addHuffmanTables } from '../media/jpeg-tables.ts'
import type { Track } from '../media/packet.ts'
import { type Micros, micros, now } from '../media/time.ts'
import type { Log } from '../telemetry/log.ts'
import { askHttpCamera, type HttpCamera } from './http-camera.ts'
import { SizeLimit } from './size-limit.ts'
import type { Source, SourceOutput } from './source.ts'

export interface HttpSourceSettings {
  readonly url: CameraUrl
  readonly tls: TlsTrust
  /** How often a camera is asked that answers with single pictures. */
  readonly fps: number
  readonly log: Log
  /** Milliseconds for a connection and for the beginning of an answer; 5000 unless given. */
  readonly timeoutMs?: number
}

/** How a camera answered. */
export interface HttpVisit {
  /** Until its answer began, in milliseconds. */
  readonly answeredMs: number
  /** Whether it asked for a login and accepted it. */
  readonly isLoggedIn: boolean
}

/**
 * JPEGs from a camera over HTTP: an endless `multipart/x-mixed-replace`, or single pictures that are asked for again and again,
 * one request at a time. The pictures are handed on as they come.
 */
export class HttpSource implements Source {
  readonly #camera: HttpCamera
  readonly #fps: number
  readonly #log: Log
  #pictures: PictureOutput | undefined
  #visit: HttpVisit | undefined

  constructor({ url, tls, fps, log, timeoutMs = 5000 }: HttpSourceSettings) {
    this.#camera = { url, tls, timeoutMs }
    this.#fps = fps
    this.#log = log
  }

  /** Pictures of the present or last connection that were not whole or not to be believed. */
  get damaged(): number {
    return this.#pictures?.damaged ?? 0
  }

  /** How the present or last connection began; undefined before the camera has answered. */
  get visit(): HttpVisit | undefined {
    return this.#visit
  }

  async run(output: SourceOutput, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    this.#pictures = new PictureOutput(output)
    try {
      await this.#receive(this.#pictures, signal)
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async #receive(pictures: PictureOutput, signal: AbortSignal): Promise<void> {
    const began = performance.now()
    const { answer, isLoggedIn } = await askHttpCamera(this.#camera, {}, signal)
    this.#visit = { answeredMs: performance.now() - began, isLoggedIn }
    const type = (answer.headers['content-type'] ?? '').toLowerCase()
    const encoding = answer.headers['content-encoding'] ?? 'identity'
    if (encoding !== 'identity') throw this.#refuse(answer, 'unsupported', `sends its pictures packed (${encoding.slice(0, 20)})`)
    this.#log.debug({ type }, 'the camera answers')
    if (/^image\/jpe?g\b/.test(type)) return this.#poll(answer, pictures, signal)
    if (type !== '' && !/^(multipart\/|application\/octet-stream|video\/x-motion-jpeg)/.test(type)) {
      throw this.#refuse(
        answer,
        'unsupported',
        `answers with ${type.slice(0, 60)} instead of pictures: check the path in its URL`,
      )
    }
    await this.#read(answer, pictures, signal)
    throw new AtalayaError('closed', `The camera at ${this.#camera.url.authority} ended the stream.`)
  }

  /** Every picture of one answer. */
  async #read(answer: IncomingMessage, pictures: PictureOutput, signal: AbortSignal): Promise<void> {
    try {
      for await (const bytes of answer as AsyncIterable<Buffer>) {
        signal.throwIfAborted()
        pictures.push(bytes)
        if (pictures.pendingBytes > MAX_PICTURE_BYTES)
          throw this.#refuse(answer, 'protocol_error', 'sends a picture that never ends')
        if (pictures.foreignBytes > MAX_FOREIGN_BYTES)
          throw this.#refuse(answer, 'protocol_error', 'sends something that is no JPEG')
      }
    } catch (error) {
      if (error instanceof AtalayaError || signal.aborted) throw error
      throw closedEarly(this.#camera.url, error)
    } finally {
      answer.destroy()
    }
  }

  /** One request after the other, at most so many a second; what has not changed is not sent again (RFC 9110 section 13). */
  async #poll(first: IncomingMessage, pictures: PictureOutput, signal: AbortSignal): Promise<void> {
    let answer = first
    let validators: Record<string, string> = {}
    for (let due = now(); ; ) {
      if (answer.statusCode === 304) {
        answer.resume()
        pictures.repeat()
      } else {
        validators = validatorsOf(answer)
        await this.#read(answer, pictures, signal)
        pictures.endOfFile()
      }
      due = Math.max(due + 1_000_000 / this.#fps, now()) as Micros
      await pause(due - now(), signal)
      answer = (await askHttpCamera(this.#camera, validators, signal)).answer
    }
  }

  #refuse(answer: IncomingMessage, code: 'unsupported' | 'protocol_error', what: string): AtalayaError {
    answer.destroy()
    return new AtalayaError(code, `The camera at ${this.#camera.url.authority} ${what}.`)
  }
}

/** No honest picture is larger. */
const MAX_PICTURE_BYTES = 16 * 1024 * 1024
const MAX_FOREIGN_BYTES = 1024 * 1024

/** Makes packets of what comes, and passes on only what is whole. */
class PictureOutput {
  readonly #output: SourceOutput
  readonly #limit = new SizeLimit()
  #scanner: JpegScanner
  #track: Track | undefined
  #last: Buffer | undefined
  #lastPts = micros(-1)
  #arrival = now()
  #damaged = 0

  constructor(output: SourceOutput) {
    this.#output = output
    this.#scanner = this.#openScanner()
  }

  get damaged(): number {
    return this.#damaged + this.#scanner.damaged
  }

  get pendingBytes(): number {
    return this.#scanner.pendingBytes
  }

  get foreignBytes(): number {
    return this.#scanner.foreignBytes
  }

  push(bytes: Uint8Array): void {
    this.#arrival = now()
    this.#scanner.push(bytes)
  }

  /** What is left of a file that has ended is no picture. */
  endOfFile(): void {
    this.#damaged += this.#scanner.damaged + (this.#scanner.pendingBytes > 0 ? 1 : 0)
    this.#scanner = this.#openScanner()
  }

  /** The camera says that its picture is still the same: it is as good as new. */
  repeat(): void {
    this.#arrival = now()
    if (this.#last && this.#track) this.#deliver(this.#last, this.#track)
  }

  #openScanner(): JpegScanner {
    return new JpegScanner((picture) => this.#take(picture))
  }

  #take({ data, hasHuffmanTables }: ScannedJpeg): void {
    const whole = hasHuffmanTables ? data : addHuffmanTables(data)
    const size = whole && parseJpegHeader(whole)
    if (!whole || !size || !this.#limit.admits(size)) {
      this.#damaged++
      return
    }
    this.#last = whole
    this.#deliver(whole, this.#trackOf(size))
  }

  #deliver(data: Buffer, track: Track): void {
    const capturedAt = this.#arrival
    this.#lastPts = micros(Math.max(capturedAt, this.#lastPts + 1))
    this.#output.packet({ track, data, pts: this.#lastPts, dts: this.#lastPts, keyframe: true, capturedAt })
  }

  #trackOf({ width, height }: JpegHeader): Track {
    if (this.#track?.width !== width || this.#track.height !== height) {
      this.#track = { codec: 'jpeg', width, height }
      this.#output.track(this.#track)
    }
    return this.#track
  }
}

function validatorsOf({ headers }: IncomingMessage): Record<string, string> {
  const { etag, 'last-modified': modified } = headers
  return { ...(etag && { 'If-None-Match': etag }), ...(modified && !etag && { 'If-Modified-Since': modified }) }
}

function closedEarly({ authority }: CameraUrl, cause: unknown): AtalayaError {
  return new AtalayaError('closed', `The camera at ${authority} closed the connection in the middle of its answer.`, { cause })
}

function pause(span: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', settle)
      if (signal.aborted) reject(signal.reason)
      else resolve()
    }
    const timer = setTimeout(settle, Math.max(0, span) / 1000)
    signal.addEventListener('abort', settle)
  })
}
