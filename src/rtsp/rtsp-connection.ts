import { AtalayaError } from '../api/errors.ts'
import { openCameraSocket, type RtspAddress } from './camera-socket.ts'
import { openHttpTunnel } from './http-tunnel.ts'
import { silenceFailure } from './rtsp-failures.ts'
import {
  formatRtspRequest,
  formatRtspResponse,
  headerOf,
  type RtspMessage,
  type RtspRequest,
  type RtspResponse,
} from './rtsp-message.ts'
import { portOf } from './rtsp-port.ts'
import { RtspReader } from './rtsp-reader.ts'
import type { RtspWire } from './rtsp-wire.ts'

/** Takes an interleaved packet, whose payload is only valid during the call. */
export type FrameHandler = (channel: number, payload: Buffer) => void

/**
 * Connects to a camera, by TLS at `rtsps://`; inside HTTP or HTTPS where that is asked for. The connection is the caller's to close.
 * Rejects with `refused`, `unreachable`, `untrusted` or `closed`, a tunnel with `auth_failed` and others too, or with the signal's reason.
 */
export async function openRtspConnection(
  address: RtspAddress,
  way: 'direct' | 'http',
  signal: AbortSignal,
): Promise<RtspConnection> {
  const port = portOf(address.url, way)
  const wire = await (way === 'http' ? openHttpTunnel(address, port, signal) : openCameraSocket(address, port, signal))
  return new RtspConnection(wire, address.url.authority)
}

/** One connection to a camera: requests and their answers, and interleaved packets both ways. */
export class RtspConnection {
  /** Resolves with the reason when the connection is over, whoever ended it. */
  readonly ended: Promise<AtalayaError>
  /** Where interleaved packets go. */
  onFrame: FrameHandler | undefined
  readonly #wire: RtspWire
  readonly #authority: string
  readonly #reader: RtspReader
  readonly #pending = new Map<number, Pending>()
  /** Requests whose answers are no longer waited for, lest a late one is taken for another's. */
  readonly #forsaken = new Set<number>()
  #sequence = 0
  #failure: AtalayaError | undefined
  #resolveEnded!: (reason: AtalayaError) => void

  /** @param wire connected; the connection owns it from now on. */
  constructor(wire: RtspWire, authority: string) {
    this.#wire = wire
    this.#authority = authority
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
    this.#reader = new RtspReader({
      frame: (channel, payload) => {
        if (!this.#failure) this.onFrame?.(channel, payload)
      },
      message: (message) => this.#receive(message),
    })
    wire.listen({ bytes: (bytes) => this.#read(bytes), ended: (reason) => this.#end(reason) })
  }

  /** The IP address of the camera. */
  get cameraAddress(): string {
    return this.#wire.cameraAddress
  }

  /** The camera's host and port, as configured. */
  get authority(): string {
    return this.#authority
  }

  /** Nothing can be asked any more. */
  get isOver(): boolean {
    return this.#failure !== undefined
  }

  /** How often the camera lost its framing. */
  get resyncs(): number {
    return this.#reader.resyncs
  }

  /**
   * Sends a request and waits for its answer, whatever its status. Rejects with `unreachable` when there is none in time, or
   * with the reason for which the connection ended.
   */
  request(method: string, uri: string, headers: Readonly<Record<string, string>>, timeoutMs: number): Promise<RtspResponse> {
    if (this.#failure) return Promise.reject(this.#failure)
    const sequence = ++this.#sequence
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(sequence)
        this.#forsake(sequence)
        reject(silenceFailure(`answer ${method}`, this.#authority, timeoutMs))
      }, timeoutMs)
      this.#pending.set(sequence, { resolve, reject, timer })
      this.#wire.write(formatRtspRequest(method, uri, { CSeq: String(sequence), ...headers }))
    })
  }

  /** Sends an interleaved packet, or drops it when the camera does not read. */
  sendFrame(channel: number, payload: Buffer): void {
    if (this.#failure || this.#wire.unsentBytes > MAX_UNSENT_BYTES) return
    const head = Buffer.from([DOLLAR, channel, payload.length >> 8, payload.length & 0xff])
    this.#wire.write(Buffer.concat([head, payload]))
  }

  /** Ends the connection at once; resolves when its sockets are released. */
  async close(): Promise<void> {
    this.#end(new AtalayaError('closed', `The connection to ${this.#authority} was closed.`))
    await this.#wire.close()
  }

  #read(chunk: Buffer): void {
    if (this.#failure) return
    try {
      this.#reader.push(chunk)
    } catch (error) {
      this.#end(error instanceof AtalayaError ? error : new AtalayaError('internal_error', undefined, { cause: error }))
    }
  }

  #receive(message: RtspMessage): void {
    if (message.kind === 'request') {
      this.#answer(message)
      return
    }
    const pending = this.#takePending(Number(headerOf(message.headers, 'cseq')))
    if (!pending) return
    clearTimeout(pending.timer)
    pending.resolve(message)
  }

  /** Some cameras answer with the number of an earlier request or with none; then the oldest open request is meant. */
  #takePending(sequence: number): Pending | undefined {
    if (this.#forsaken.delete(sequence)) return undefined
    const key = this.#pending.has(sequence) ? sequence : this.#pending.keys().next().value
    const pending = key === undefined ? undefined : this.#pending.get(key)
    if (key !== undefined) this.#pending.delete(key)
    return pending
  }

  /** Cameras ask for signs of life now and then; more than that is not for us. */
  #answer(request: RtspRequest): void {
    if (this.#failure || this.#wire.unsentBytes > MAX_UNSENT_BYTES) return
    const known = request.method === 'OPTIONS' || request.method.endsWith('_PARAMETER')
    const [status, reason] = known ? ([200, 'OK'] as const) : ([501, 'Not Implemented'] as const)
    this.#wire.write(formatRtspResponse(status, reason, { CSeq: headerOf(request.headers, 'cseq') ?? '0' }))
  }

  #forsake(sequence: number): void {
    this.#forsaken.add(sequence)
    const [oldest] = this.#forsaken
    if (this.#forsaken.size > MAX_FORSAKEN && oldest !== undefined) this.#forsaken.delete(oldest)
  }

  #end(reason: AtalayaError): void {
    if (this.#failure) return
    this.#failure = reason
    void this.#wire.close()
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer)
      pending.reject(reason)
    }
    this.#pending.clear()
    this.#resolveEnded(reason)
  }
}

interface Pending {
  readonly resolve: (response: RtspResponse) => void
  readonly reject: (reason: AtalayaError) => void
  readonly timer: NodeJS.Timeout
}

const DOLLAR = 0x24
const MAX_UNSENT_BYTES = 64 * 1024
const MAX_FORSAKEN = 16
