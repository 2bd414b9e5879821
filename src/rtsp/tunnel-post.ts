import { AtalayaError } from '../api/errors.ts'
import { type CameraSocket, openCameraSocket } from './camera-socket.ts'
import { parseHttpHead } from './http-head.ts'
import { formatTunnelRequest, type TunnelEnds, tunnelFailure } from './tunnel-request.ts'

/**
 * The half of a tunnel that the camera hears: the body of a POST without an end. A camera that is content says nothing to it. One that
 * closes it in the course of time is given another, when there is something to say.
 */
export class TunnelPost {
  readonly #ends: TunnelEnds
  readonly #onFailure: (reason: AtalayaError) => void
  readonly #aborter = new AbortController()
  #socket: CameraSocket | undefined
  #isOpening = false
  /** The camera has answered something that was said here. */
  #isProven = false
  /** What this request has carried, to be said again when the camera wants a login first. */
  #said: string[] = []
  #waiting: string[] = []
  #answer = Buffer.alloc(0)

  /** @param onFailure told when the camera does not want to hear; not for `close()`. */
  constructor(ends: TunnelEnds, onFailure: (reason: AtalayaError) => void) {
    this.#ends = ends
    this.#onFailure = onFailure
    ends.login.begin()
  }

  get unsentBytes(): number {
    return (this.#socket?.unsentBytes ?? 0) + this.#waiting.reduce((sum, text) => sum + text.length, 0)
  }

  /** Connects and makes the request. Rejects as `openCameraSocket`. */
  async open(signal: AbortSignal): Promise<void> {
    this.#isOpening = true
    const { address, port } = this.#ends
    const socket = await openCameraSocket(address, port, AbortSignal.any([signal, this.#aborter.signal]))
    this.#isOpening = false
    this.#socket = socket
    this.#said = []
    this.#answer = Buffer.alloc(0)
    socket.write(formatTunnelRequest('POST', this.#ends))
    socket.listen({ bytes: (bytes) => this.#hear(bytes, socket), ended: (reason) => this.#onEnded(reason) })
    for (const text of this.#waiting.splice(0)) this.write(text)
  }

  /** Says something, in base64. What does not go out at once waits; more than a little of it is dropped. */
  write(text: string): void {
    if (this.#aborter.signal.aborted) return
    if (this.#socket) {
      this.#said.push(text)
      if (this.#said.length > MAX_KEPT) this.#said.shift()
      this.#socket.write(text)
      return
    }
    if (this.#waiting.length < MAX_KEPT) this.#waiting.push(text)
    if (!this.#isOpening) this.#reopen()
  }

  prove(): void {
    this.#isProven = true
  }

  async close(): Promise<void> {
    this.#aborter.abort()
    await this.#socket?.close()
  }

  #hear(bytes: Buffer, socket: CameraSocket): void {
    this.#answer = Buffer.concat([this.#answer, bytes.subarray(0, MAX_ANSWER_BYTES - this.#answer.length)])
    const head = parseHttpHead(this.#answer)
    if (typeof head === 'string' || (head.status >= 200 && head.status < 300)) return
    const { login, address } = this.#ends
    try {
      if (head.status !== 401 || !login.refused(head.headers.get('www-authenticate') ?? []))
        throw tunnelFailure('POST', head.status, address.url.authority)
    } catch (error) {
      this.#fail(error)
      return
    }
    void socket.close()
    this.#socket = undefined
    this.#waiting.unshift(...this.#said)
    this.#reopen()
  }

  #onEnded(reason: AtalayaError): void {
    this.#socket = undefined
    if (!this.#isProven) this.#fail(reason)
  }

  #reopen(): void {
    this.open(this.#aborter.signal).catch((error: unknown) => this.#fail(error))
  }

  #fail(error: unknown): void {
    if (this.#aborter.signal.aborted) return
    this.#onFailure(error instanceof AtalayaError ? error : new AtalayaError('internal_error', undefined, { cause: error }))
  }
}

const MAX_KEPT = 16
const MAX_ANSWER_BYTES = 16 * 1024
