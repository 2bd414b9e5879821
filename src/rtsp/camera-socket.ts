import { connect, type Socket } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { AtalayaError } from '../api/errors.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import { guardedConnect } from '../lib/destinations.ts'
import { matchesFingerprint, type TlsTrust, tlsOptions } from '../lib/tls-trust.ts'
import { silenceFailure, socketFailure } from './rtsp-failures.ts'
import type { RtspTiming } from './rtsp-timing.ts'
import type { RtspWire, WireListener } from './rtsp-wire.ts'

/** Where a camera is, and how to get there. */
export interface RtspAddress {
  readonly url: CameraUrl
  /** How its certificate is checked, at `rtsps://`. */
  readonly tls: TlsTrust
  readonly timing: Pick<RtspTiming, 'connectMs' | 'answerMs'>
}

/**
 * Connects to a port of a camera, by TLS at `rtsps://`. The socket is the caller's to close. Rejects with `refused`, `unreachable`,
 * `untrusted` or `closed`, or the signal's reason.
 */
export async function openCameraSocket(
  { url, tls, timing }: RtspAddress,
  port: number,
  signal: AbortSignal,
): Promise<CameraSocket> {
  signal.throwIfAborted()
  const input = new SocketInput()
  const isSecure = url.scheme === 'rtsps'
  const socket = isSecure ? openTlsSocket(url, port, tls, input) : openTcpSocket(url, port, input)
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
  return new CameraSocket(socket, input, url.authority)
}

function openTcpSocket(url: CameraUrl, port: number, input: SocketInput): Socket {
  return connect({
    // One buffer for all that is read: a camera sends hundreds of packets a second, and each would get a buffer of its own.
    onread: { buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback: (length, buffer) => input.read(buffer.subarray(0, length)) },
    host: url.host,
    port,
    ...guardedConnect(url, port),
    ...SOCKET_OPTIONS,
  })
}

function openTlsSocket(url: CameraUrl, port: number, tls: TlsTrust, input: SocketInput): Socket {
  const isName = !url.host.includes(':') && !/^[\d.]+$/.test(url.host)
  const address = { host: url.host, port, ...(isName && { servername: url.host }) }
  const socket = connectTls({ ...address, ...guardedConnect(url, port), ...tlsOptions(tls) })
  socket.setNoDelay(true).setKeepAlive(true, SOCKET_OPTIONS.keepAliveInitialDelay)
  return socket.on('data', (bytes) => input.read(bytes))
}

const READ_BYTES = 64 * 1024
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

/** One TCP or TLS connection to a camera. */
export class CameraSocket implements RtspWire {
  readonly #socket: Socket
  readonly #input: SocketInput
  #listener: WireListener | undefined
  #isOver = false
  /** Why it ended before anybody listened. */
  #unheard: AtalayaError | undefined

  /** @param socket connected; it is owned from now on. */
  constructor(socket: Socket, input: SocketInput, authority: string) {
    this.#socket = socket
    this.#input = input
    socket.on('error', (error) => this.#end(socketFailure(error, authority)))
    socket.on('close', () => this.#end(new AtalayaError('closed', `The camera at ${authority} closed the connection.`)))
  }

  get cameraAddress(): string {
    return this.#socket.remoteAddress ?? ''
  }

  get unsentBytes(): number {
    return this.#socket.writableLength
  }

  listen(listener: WireListener): void {
    this.#listener = listener
    this.#input.onBytes = (bytes) => listener.bytes(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    if (this.#unheard) listener.ended(this.#unheard)
    this.#unheard = undefined
  }

  write(data: string | Buffer): void {
    if (!this.#isOver) this.#socket.write(data)
  }

  async close(): Promise<void> {
    this.#isOver = true
    this.#input.onBytes = () => undefined
    this.#socket.destroy()
    if (!this.#socket.closed) await new Promise((resolve) => this.#socket.once('close', resolve))
  }

  #end(reason: AtalayaError): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#socket.destroy()
    if (this.#listener) this.#listener.ended(reason)
    else this.#unheard = reason
  }
}
