import type { Socket } from 'node:net'
import { type Gate, Gatekeeper } from './gatekeeper.ts'

/** How a fake camera talks. */
export interface Manners {
  readonly gate?: Gate
  /** The answers to these methods, by their status codes. */
  readonly answers?: Readonly<Record<string, number>>
  /** Methods that are never answered. */
  readonly mute?: readonly string[]
  /** The interleaved channel of RTP, whatever the client asks for. */
  readonly channel?: number
  /** The session's timeout in seconds, as SETUP states it. */
  readonly sessionTimeout?: number
  /** What `Public` says. */
  readonly methods?: string
  /** Overrides `Content-Base`; an empty text leaves the field out. */
  readonly contentBase?: string
  /** Path and query of the stream; all others are 404. Any will do unless given. */
  readonly path?: string
}

export interface Request {
  readonly method: string
  readonly uri: string
  readonly headers: ReadonlyMap<string, string>
}

/** One client's connection to a fake camera: reads its requests, answers them, and sends it packets while it plays. */
export class Visit {
  /** Between SETUP and TEARDOWN. */
  open = false
  playing = false
  channel = 0
  sequence = Math.floor(Math.random() * 65_536)
  /** Packets sent, for the sender reports. */
  sent = 0
  readonly ssrc = Math.floor(Math.random() * 2 ** 32)
  readonly timestampBase = Math.floor(Math.random() * 2 ** 32)
  readonly socket: Socket
  readonly #manners: Manners
  readonly #gatekeeper: Gatekeeper | undefined
  readonly #describe: () => string
  readonly #onRequest: (request: Request) => void
  #text = Buffer.alloc(0)

  constructor(socket: Socket, manners: Manners, describe: () => string, onRequest: (request: Request) => void) {
    this.socket = socket
    this.#manners = manners
    this.#gatekeeper = manners.gate && new Gatekeeper(manners.gate)
    this.#describe = describe
    this.#onRequest = onRequest
    socket.on('data', (chunk) => this.#read(chunk))
  }

  #read(chunk: Buffer): void {
    this.#text = Buffer.concat([this.#text, chunk])
    for (;;) {
      if (this.#text[0] === 0x24) {
        const end = this.#text.length < 4 ? Number.POSITIVE_INFINITY : 4 + this.#text.readUInt16BE(2)
        if (this.#text.length < end) return
        this.#onRequest({ method: 'RTCP', uri: '', headers: new Map() })
        this.#text = this.#text.subarray(end)
        continue
      }
      const end = this.#text.indexOf('\r\n\r\n')
      if (end < 0) return
      const request = parseRequest(this.#text.toString('utf8', 0, end))
      this.#text = this.#text.subarray(end + 4)
      this.#onRequest(request)
      if (!this.#manners.mute?.includes(request.method)) this.#answer(request)
    }
  }

  #answer(request: Request): void {
    const { answers, path } = this.#manners
    const { method, uri } = request
    const challenge =
      method === 'OPTIONS' ? undefined : this.#gatekeeper?.check(method, uri, request.headers.get('authorization'))
    const status = answers?.[method]
    const known = path === undefined || uri.replace(/^rtsp:\/\/[^/]*/, '').startsWith(path)
    if (challenge) this.#write(request, 401, { 'WWW-Authenticate': challenge })
    else if (status !== undefined) this.#write(request, status, {})
    else if (!known) this.#write(request, 404, {})
    else this.#serve(request)
  }

  #serve(request: Request): void {
    if (request.method === 'DESCRIBE') this.#answerDescribe(request)
    else if (request.method === 'SETUP') this.#answerSetup(request)
    else if (request.method === 'OPTIONS') this.#write(request, 200, { Public: this.#manners.methods ?? METHODS })
    else this.#write(request, 200, { Session: SESSION })
    if (request.method === 'PLAY') this.playing = true
    if (request.method !== 'TEARDOWN') return
    this.open = false
    this.playing = false
  }

  #answerDescribe(request: Request): void {
    const base = this.#manners.contentBase ?? `${request.uri}/`
    const body = this.#describe()
    this.#write(
      request,
      200,
      {
        ...(base ? { 'Content-Base': base } : {}),
        'Content-Type': 'application/sdp',
        'Content-Length': String(Buffer.byteLength(body)),
      },
      body,
    )
  }

  #answerSetup(request: Request): void {
    const asked = Number(/interleaved=(\d+)/.exec(request.headers.get('transport') ?? '')?.[1] ?? 0)
    this.channel = this.#manners.channel ?? asked
    this.open = true
    this.#write(request, 200, {
      Session: `${SESSION};timeout=${this.#manners.sessionTimeout ?? 60}`,
      Transport: `RTP/AVP/TCP;unicast;interleaved=${this.channel}-${this.channel + 1}`,
    })
  }

  #write(request: Request, status: number, fields: Readonly<Record<string, string>>, body = ''): void {
    const lines = Object.entries({ CSeq: request.headers.get('cseq') ?? '0', ...fields }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    )
    this.socket.write(`RTSP/1.0 ${status} ${status === 200 ? 'OK' : 'No'}\r\n${lines.join('')}\r\n${body}`)
  }
}

const SESSION = '7193582046'
const METHODS = 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN'

function parseRequest(text: string): Request {
  const [start = '', ...lines] = text.split('\r\n')
  const [method = '', uri = ''] = start.split(' ')
  const headers = lines.map(
    (line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const,
  )
  return { method, uri, headers: new Map(headers) }
}
