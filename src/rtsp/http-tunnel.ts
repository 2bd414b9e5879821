import { randomBytes } from 'node:crypto'
import { AtalayaError } from '../api/errors.ts'
import { type CameraSocket, openCameraSocket, type RtspAddress } from './camera-socket.ts'
import { encodeNonAscii } from './encode-non-ascii.ts'
import { type HttpHead, readHttpHead } from './http-head.ts'
import { RtspLogin } from './rtsp-login.ts'
import { headerOf } from './rtsp-message.ts'
import type { RtspWire, WireListener } from './rtsp-wire.ts'
import { TunnelPost } from './tunnel-post.ts'
import { formatTunnelRequest, TUNNELLED, type TunnelEnds, tunnelFailure } from './tunnel-request.ts'

/**
 * Opens a tunnel for RTSP through HTTP, or HTTPS at `rtsps://`, as QuickTime had it and cameras still do: the camera speaks in the endless
 * answer to a GET, and hears in the body of a POST, in base64. Rejects as `openCameraSocket`, and with `auth_failed`, `busy`,
 * `stream_not_found`, `unsupported` or `protocol_error` for how the camera answers.
 */
export async function openHttpTunnel(address: RtspAddress, port: number, signal: AbortSignal): Promise<RtspWire> {
  const path = encodeNonAscii(address.url.path.replace(/#.*$/, '').replace(/^(?!\/)/, '/'))
  const fields = {
    Host: address.url.authority,
    'x-sessioncookie': randomBytes(11).toString('hex'),
    Pragma: 'no-cache',
    'Cache-Control': 'no-cache',
  }
  const ends: TunnelEnds = { address, port, path, fields, login: new RtspLogin(address.url) }
  const tunnel = await openDownstream(ends, signal)
  try {
    await tunnel.openUpstream(ends, signal)
    return tunnel
  } catch (error) {
    await tunnel.close()
    throw error
  }
}

async function openDownstream(ends: TunnelEnds, signal: AbortSignal): Promise<HttpTunnel> {
  for (;;) {
    const socket = await openCameraSocket(ends.address, ends.port, signal)
    try {
      socket.write(formatTunnelRequest('GET', ends))
      const head = await readHttpHead(socket, ends.address, signal)
      if (isOpen(head, ends)) return new HttpTunnel(socket, head.rest)
    } catch (error) {
      await socket.close()
      throw error
    }
    await socket.close()
  }
}

/** False when the request is to be made again, with a login. */
function isOpen({ status, headers }: HttpHead, { address, login }: TunnelEnds): boolean {
  const { authority } = address.url
  if (status === 401 && login.refused(headers.get('www-authenticate') ?? [])) return false
  if (status < 200 || status > 299) throw tunnelFailure('GET', status, authority)
  const type = headerOf(headers, 'content-type') ?? TUNNELLED
  if (type.toLowerCase().startsWith(TUNNELLED)) return true
  throw new AtalayaError(
    'unsupported',
    `The camera at ${authority} answers with ${type.slice(0, 60)} instead of RTSP over HTTP: check the port, or use transport: tcp.`,
  )
}

class HttpTunnel implements RtspWire {
  readonly #down: CameraSocket
  #up: TunnelPost | undefined
  #listener: WireListener | undefined
  /** What came before anybody listened. */
  #unheard: Buffer
  #failure: AtalayaError | undefined

  constructor(down: CameraSocket, rest: Buffer) {
    this.#down = down
    this.#unheard = rest
    down.listen({ bytes: (bytes) => this.#receive(bytes), ended: (reason) => this.#fail(reason) })
  }

  get cameraAddress(): string {
    return this.#down.cameraAddress
  }

  get unsentBytes(): number {
    return this.#up?.unsentBytes ?? 0
  }

  async openUpstream(ends: TunnelEnds, signal: AbortSignal): Promise<void> {
    this.#up = new TunnelPost(ends, (reason) => this.#fail(reason))
    await this.#up.open(signal)
    if (this.#failure) throw this.#failure
  }

  listen(listener: WireListener): void {
    this.#listener = listener
    if (this.#unheard.length > 0) listener.bytes(this.#unheard)
    this.#unheard = Buffer.alloc(0)
    if (this.#failure) listener.ended(this.#failure)
  }

  write(data: string | Buffer): void {
    this.#up?.write((typeof data === 'string' ? Buffer.from(data) : data).toString('base64'))
  }

  async close(): Promise<void> {
    await Promise.all([this.#down.close(), this.#up?.close()])
  }

  #receive(bytes: Buffer): void {
    this.#up?.prove()
    if (this.#listener) this.#listener.bytes(bytes)
    else if (this.#unheard.length + bytes.length <= MAX_UNHEARD_BYTES) this.#unheard = Buffer.concat([this.#unheard, bytes])
    else this.#fail(new AtalayaError('protocol_error', 'The camera speaks without being asked.'))
  }

  #fail(reason: AtalayaError): void {
    if (this.#failure) return
    this.#failure = reason
    void this.close()
    this.#listener?.ended(reason)
  }
}

const MAX_UNHEARD_BYTES = 64 * 1024
