import type { Socket } from 'node:net'
import { type ClientChannel, reset } from './client-channel.ts'
import type { Gatekeeper } from './gatekeeper.ts'

/** How a fake camera treats RTSP inside HTTP. */
export interface TunnelManners {
  /** It answers such requests with this status. */
  readonly status?: number
  /** What its answer says it holds. */
  readonly contentType?: string
  /** It closes the POST after so many requests in it, and wants another. */
  readonly requestsPerPost?: number
}

/** Pairs the GET and the POST of each client that speaks RTSP inside HTTP (QuickTime's tunnelling protocol). */
export class TunnelDoor {
  readonly #manners: TunnelManners
  readonly #gatekeeper: Gatekeeper | undefined
  readonly #onChannel: (channel: ClientChannel, socket: Socket) => void
  readonly #onRequest: (method: string) => void
  readonly #tunnels = new Map<string, Tunnel>()

  constructor(
    manners: TunnelManners,
    gatekeeper: Gatekeeper | undefined,
    onChannel: (channel: ClientChannel, socket: Socket) => void,
    onRequest: (method: string) => void,
  ) {
    this.#manners = manners
    this.#gatekeeper = gatekeeper
    this.#onChannel = onChannel
    this.#onRequest = onRequest
  }

  /** Takes a connection whose first bytes are those of a GET or a POST. */
  admit(socket: Socket, first: Buffer): void {
    let text = first
    const read = () => {
      const end = text.indexOf('\r\n\r\n')
      if (end < 0) return
      socket.off('data', onData)
      this.#answer(socket, text.toString('latin1', 0, end), text.subarray(end + 4))
    }
    const onData = (bytes: Buffer) => {
      text = Buffer.concat([text, bytes])
      read()
    }
    socket.on('data', onData)
    read()
  }

  #answer(socket: Socket, head: string, rest: Buffer): void {
    const [method = '', path = ''] = head.split(' ')
    const field = (name: string) => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim()
    this.#onRequest(`HTTP ${method}`)
    const cookie = field('x-sessioncookie') ?? ''
    const challenges = this.#gatekeeper?.check(method, path, field('authorization'))
    if (challenges) {
      socket.end(
        `HTTP/1.0 401 Unauthorized\r\n${challenges.map((value) => `WWW-Authenticate: ${value}\r\n`).join('')}Content-Length: 0\r\n\r\n`,
      )
      return
    }
    const { status = 200, contentType = 'application/x-rtsp-tunnelled', requestsPerPost } = this.#manners
    if (method === 'GET') {
      socket.write(`HTTP/1.0 ${status} ${status === 200 ? 'OK' : 'No'}\r\nContent-Type: ${contentType}\r\n\r\n`)
      if (status !== 200) return void socket.end()
      const tunnel = new Tunnel(socket, requestsPerPost)
      this.#tunnels.set(cookie, tunnel)
      socket.on('close', () => {
        this.#tunnels.delete(cookie)
        tunnel.close()
      })
      this.#onChannel(tunnel, socket)
      return
    }
    const tunnel = this.#tunnels.get(cookie)
    if (tunnel) tunnel.hear(socket, rest)
    else socket.end('HTTP/1.0 404 Not Found\r\n\r\n')
  }
}

class Tunnel implements ClientChannel {
  onBytes: (bytes: Buffer) => void = () => undefined
  readonly #get: Socket
  readonly #requestsPerPost: number | undefined
  #post: Socket | undefined
  #text = ''
  #requests = 0

  constructor(get: Socket, requestsPerPost: number | undefined) {
    this.#get = get
    this.#requestsPerPost = requestsPerPost
  }

  get unsentBytes(): number {
    return this.#get.writableLength
  }

  get address(): string {
    return this.#get.remoteAddress ?? ''
  }

  write(bytes: string | Buffer): void {
    if (!this.#get.destroyed) this.#get.write(bytes)
  }

  hear(post: Socket, rest: Buffer): void {
    this.#post?.destroy()
    this.#post = post
    this.#text = ''
    this.#requests = 0
    post.on('data', (bytes) => this.#decode(bytes))
    this.#decode(rest)
  }

  reset(): void {
    reset(this.#get)
    this.close()
  }

  close(): void {
    this.#post?.destroy()
  }

  /** Every request may be padded by itself, so each group of four characters is read alone. */
  #decode(bytes: Buffer): void {
    this.#text += bytes.toString('latin1')
    const whole = this.#text.length - (this.#text.length % 4)
    const groups = this.#text.slice(0, whole).match(/.{4}/gs) ?? []
    this.#text = this.#text.slice(whole)
    const said = Buffer.concat(groups.map((group) => Buffer.from(group, 'base64')))
    this.onBytes(said)
    this.#requests += said.toString('latin1').split('RTSP/1.0\r\n').length - 1
    if (this.#requestsPerPost !== undefined && this.#requests >= this.#requestsPerPost) this.#post?.end()
  }
}
