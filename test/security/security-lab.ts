import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { InjectOptions, RouteOptions } from 'fastify'
import type { Config } from '../../src/config/config.ts'
import { declaredRoutes } from '../fakes/declared-routes.ts'
import { bearer, type Key, type LockedServer, openLockedServer } from '../fakes/locked-server.ts'

/** What is asked; the path goes out as it is written. */
export interface Question {
  readonly method?: string
  readonly key?: Key
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** What came back; of an answer that never ends, the beginning. */
export interface Reply {
  readonly status: number
  /** Of the error, where it is one. */
  readonly code: string
  readonly text: string
  readonly headers: IncomingMessage['headers']
}

/** A route as the router knows it. */
export interface DeclaredRoute {
  /** `GET /camera/{id}`. */
  readonly name: string
  readonly method: string
  /** With `{id}` in it. */
  readonly path: string
  readonly action: string
  readonly parameters: readonly string[]
}

/** A listening gateway with users, keys and two cameras, and a bystander who watches one of them all the time. */
export class SecurityLab implements AsyncDisposable {
  readonly locked: LockedServer
  readonly routes: readonly DeclaredRoute[]
  readonly #timers: readonly NodeJS.Timeout[]
  #bystander: IncomingMessage | undefined
  #heardAt = 0
  #longestGapMs = 0

  static async open(config: Partial<Config> = {}): Promise<SecurityLab> {
    const { result: locked, routes } = await declaredRoutes(() => openLockedServer({ destinations: [], ...config }))
    await locked.server.listen({ port: 0, host: '127.0.0.1' })
    const lab = new SecurityLab(locked, routes.map(describeRoute))
    await lab.#watch()
    return lab
  }

  private constructor(locked: LockedServer, routes: readonly DeclaredRoute[]) {
    this.locked = locked
    this.routes = routes
    const film = () => [locked.door, locked.hall].forEach(({ source }) => void (source.isConnected && source.packet(true)))
    this.#timers = [setInterval(film, 50), setInterval(() => locked.parts.viewers.recheck(), 1000)]
  }

  get port(): number {
    return (this.locked.server.server.address() as AddressInfo).port
  }

  /** The longest that the bystander has waited for a picture since the last call. */
  longestGapMs(): number {
    const gap = this.#longestGapMs
    this.#longestGapMs = 0
    return this.#bystander?.destroyed ? Number.POSITIVE_INFINITY : gap
  }

  /** Asks over the network. */
  async ask(path: string, { method = 'GET', key, headers, body }: Question = {}): Promise<Reply> {
    const outgoing = request({
      host: '127.0.0.1',
      port: this.port,
      path,
      method,
      agent: false,
      headers: { ...(key && bearer(key)), ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }), ...headers },
    })
    outgoing.on('error', () => undefined)
    outgoing.end(body)
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
    const text = await beginningOf(answer)
    return { status: answer.statusCode ?? 0, code: codeOf(text), text, headers: answer.headers }
  }

  /** Asks as JSON. */
  send(method: string, path: string, value: unknown, question: Question = {}): Promise<Reply> {
    const headers = { 'content-type': 'application/json', ...question.headers }
    return this.ask(path, { ...question, method, headers, body: JSON.stringify(value) })
  }

  /** Asks from any address, without a network. */
  async askFrom(remoteAddress: string, options: InjectOptions): Promise<Reply> {
    const answer = await this.locked.server.inject({ ...options, remoteAddress })
    const { statusCode: status, body: text, headers } = answer
    return { status, code: codeOf(text), text, headers: headers as Reply['headers'] }
  }

  /** What comes back for bytes that need not be HTTP, until the connection is closed or the time is over. */
  async raw(bytes: string | Buffer, withinMs = 2000): Promise<{ text: string; isClosed: boolean }> {
    const socket = connect(this.port, '127.0.0.1')
    let text = ''
    let isClosed = false
    socket.setEncoding('latin1').on('data', (data) => {
      text += data
    })
    socket
      .on('error', () => undefined)
      .on('close', () => {
        isClosed = true
      })
    socket.write(bytes)
    const timer = setTimeout(() => socket.destroy(), withinMs)
    let isLate = false
    setTimeout(() => (isLate = !isClosed), withinMs - 1)
    await once(socket, 'close')
    clearTimeout(timer)
    return { text, isClosed: !isLate }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.#bystander?.destroy()
    await this.locked[Symbol.asyncDispose]()
  }

  async #watch(): Promise<void> {
    this.#bystander = await this.locked.begin('/camera/hall', bearer('operator'))
    this.#heardAt = performance.now()
    this.#bystander.on('data', () => {
      const now = performance.now()
      this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#heardAt)
      this.#heardAt = now
    })
  }
}

function describeRoute({ method, url, config, schema }: RouteOptions): DeclaredRoute {
  const path = url.replaceAll(/:(\w+)/g, '{$1}')
  const query = schema?.querystring as { shape?: Record<string, unknown> } | undefined
  const parameters = Object.keys(query?.shape ?? {})
  return { name: `${method} ${path}`, method: String(method), path, action: config?.action ?? 'none', parameters }
}

async function beginningOf(answer: IncomingMessage): Promise<string> {
  let text = ''
  answer.setEncoding('latin1').on('error', () => undefined)
  const patience = setTimeout(() => answer.destroy(), PATIENCE_MS)
  const isEndless = /^(?:multipart|text\/event-stream)/.test(answer.headers['content-type'] ?? '')
  answer.on('data', (data) => {
    text += data
    if (isEndless || text.length > ENOUGH) answer.destroy()
  })
  await once(answer, 'close')
  clearTimeout(patience)
  return text
}

function codeOf(text: string): string {
  try {
    return String(JSON.parse(text).error.code)
  } catch {
    return '' // no error, or no JSON
  }
}

/** An answer that has not ended by then is one that never ends. */
const PATIENCE_MS = 300
const ENOUGH = 2_000_000
