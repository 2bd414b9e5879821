import { connect, type Socket } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { AtalayaError } from '../api/errors.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import { matchesFingerprint, type TlsTrust, tlsOptions } from '../lib/tls-trust.ts'
import { silenceFailure, socketFailure } from './rtsp-failures.ts'
import {
  formatRtspRequest,
  formatRtspResponse,
  headerOf,
  type RtspMessage,
  type RtspRequest,
  type RtspResponse,
} from './rtsp-message.ts'
import { RtspReader } from './rtsp-reader.ts'
import type { RtspTiming } from './rtsp-timing.ts'

/** Takes an interleaved packet, whose payload is only valid during the call. */
export type FrameHandler = (channel: number, payload: Buffer) => void

/** Where a camera is, and how to get there. */
export interface RtspAddress {
  readonly url: CameraUrl
  /** How its certificate is checked, at `rtsps://`. */
  readonly tls: TlsTrust
  readonly timing: Pick<RtspTiming, 'connectMs'>
}

/**
 * Connects to a camera, by TLS at `rtsps://`. The socket is the caller's to close. Rejects with `refused`, `unreachable`, `untrusted` or
 * `closed`, or the signal's reason.
 */
export async function openRtspConnection({ url, tls, timing }: RtspAddress, signal: AbortSignal): Promise<RtspConnection> {
  signal.throwIfAborted()
  const input = new SocketInput()
  const isSecure = url.scheme === 'rtsps'
  const socket = isSecure ? openTlsSocket(url, tls, input) : openTcpSocket(url, input)
  const { connectMs } = timing
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: unknown) => {
      socket.destroy()
      settle()
      reject(reason)
    }
    const onAbort = () => fail(signal.reason)
    const onError = (error: Error) => fail(socketFailure(error, url.authority))
    const onConnect = () => {
      if (socket instanceof TLSSocket && !matchesFingerprint(tls, socket.getPeerCertificate())) return fail(otherCertificate(url))
      settle()
      resolve()
    }
    const onClose = () => fail(new AtalayaError('closed', `The camera at ${url.authority} closed the connection.`))
    const timer = setTimeout(() => fail(silenceFailure('accept the connection', url.authority, connectMs)), connectMs)
    const settle = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      socket.off(isSecure ? 'secureConnect' : 'connect', onConnect).off('close', onClose)
    }
    signal.addEventListener('abort', onAbort)
    // The error handler stays: a socket that was given up may fail later, and must not take the process with it.
    socket
      .once(isSecure ? 'secureConnect' : 'connect', onConnect)
      .once('close', onClose)
      .on('error', onError)
  })
  return new RtspConnection(socket, input, url.authority)
}

function openTcpSocket(url: CameraUrl, input: SocketInput): Socket {
  return connect({
    // One buffer for all that is read: a camera sends hundreds of packets a second, and each would get a buffer of its own.
    onread: { buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback: (length, buffer) => input.read(buffer.subarray(0, length)) },
    host: url.host,
    port: url.port ?? DEFAULT_PORT,
    ...SOCKET_OPTIONS,
  })
}

function openTlsSocket(url: CameraUrl, tls: TlsTrust, input: SocketInput): Socket {
  const isName = !url.host.includes(':') && !/^[\d.]+$/.test(url.host)
  const address = { host: url.host, port: url.port ?? DEFAULT_TLS_PORT, ...(isName && { servername: url.host }) }
  const socket = connectTls({ ...address, ...tlsOptions(tls) })
  socket.setNoDelay(true).setKeepAlive(true, SOCKET_OPTIONS.keepAliveInitialDelay)
  return socket.on('data', (bytes) => input.read(bytes))
}

const SOCKET_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 } as const

function otherCertificate({ authority }: CameraUrl): AtalayaError {
  return new AtalayaError('untrusted', `The camera at ${authority} shows another certificate than the one of tls.fingerprint.`)
}

/** Where the bytes of a socket go. They are valid during the call only. */
class SocketInput {
  onBytes: (bytes: Uint8Array) => void = () => undefined

  read(bytes: Uint8Array): boolean {
    this.onBytes(bytes)
    return true
  }
}

/** One TCP connection to a camera: requests and their answers, and interleaved packets both ways. */
export class RtspConnection {
  /** Resolves with the reason when the connection is over, whoever ended it. */
  readonly ended: Promise<AtalayaError>
  /** Where interleaved packets go. */
  onFrame: FrameHandler | undefined
  readonly #socket: Socket
  readonly #authority: string
  readonly #reader: RtspReader
  readonly #pending = new Map<number, Pending>()
  /** Requests whose answers are no longer waited for, lest a late one is taken for another's. */
  readonly #forsaken = new Set<number>()
  #sequence = 0
  #failure: AtalayaError | undefined
  #resolveEnded!: (reason: AtalayaError) => void

  /** @param socket connected; the connection owns it from now on. */
  constructor(socket: Socket, input: SocketInput, authority: string) {
    this.#socket = socket
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
    input.onBytes = (bytes) => this.#read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    socket.on('error', (error) => this.#end(socketFailure(error, authority)))
    socket.on('close', () => this.#end(new AtalayaError('closed', `The camera at ${authority} closed the connection.`)))
  }

  /** The IP address of the camera. */
  get cameraAddress(): string {
    return this.#socket.remoteAddress ?? ''
  }

  /** The camera's host and port, as configured. */
  get authority(): string {
    return this.#authority
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
      this.#socket.write(formatRtspRequest(method, uri, { CSeq: String(sequence), ...headers }))
    })
  }

  /** Sends an interleaved packet, or drops it when the camera does not read. */
  sendFrame(channel: number, payload: Buffer): void {
    if (this.#failure || this.#socket.writableLength > MAX_UNSENT_BYTES) return
    const head = Buffer.from([DOLLAR, channel, payload.length >> 8, payload.length & 0xff])
    this.#socket.write(Buffer.concat([head, payload]))
  }

  /** Ends the connection at once; resolves when the socket is released. */
  async close(): Promise<void> {
    this.#end(new AtalayaError('closed', `The connection to ${this.#authority} was closed.`))
    if (!this.#socket.closed) await new Promise((resolve) => this.#socket.once('close', resolve))
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
    if (this.#failure || this.#socket.writableLength > MAX_UNSENT_BYTES) return
    const known = request.method === 'OPTIONS' || request.method.endsWith('_PARAMETER')
    const [status, reason] = known ? ([200, 'OK'] as const) : ([501, 'Not Implemented'] as const)
    this.#socket.write(formatRtspResponse(status, reason, { CSeq: headerOf(request.headers, 'cseq') ?? '0' }))
  }

  #forsake(sequence: number): void {
    this.#forsaken.add(sequence)
    const [oldest] = this.#forsaken
    if (this.#forsaken.size > MAX_FORSAKEN && oldest !== undefined) this.#forsaken.delete(oldest)
  }

  #end(reason: AtalayaError): void {
    if (this.#failure) return
    this.#failure = reason
    this.#socket.destroy()
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

const DEFAULT_PORT = 554
const DEFAULT_TLS_PORT = 322
const READ_BYTES = 64 * 1024
const DOLLAR = 0x24
const MAX_UNSENT_BYTES = 64 * 1024
const MAX_FORSAKEN = 16
