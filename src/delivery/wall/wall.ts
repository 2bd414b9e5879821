import type { IncomingMessage } from 'node:http'
import { WebSocketServer } from 'ws'
import { AtalayaError } from '../../api/errors.ts'
import type { EventLog } from '../../telemetry/event-log.ts'
import { type WallClient, WallConnection, type WallParts } from './wall-connection.ts'

/** What a wall is built from. */
export interface WallOptions extends WallParts {
  readonly events: EventLog
  /** Pages at one time. */
  readonly mostPages: () => number
}

/** `/api/wall`: all cameras of a page over one WebSocket. */
export class Wall implements AsyncDisposable {
  readonly #options: WallOptions
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false, // pictures are compressed
    maxPayload: LARGEST_MESSAGE,
  })
  readonly #connections = new Set<WallConnection>()
  readonly #end = new AbortController()
  readonly #timer = setInterval(() => this.#tick(), TICK_MS).unref()
  #tickedAt = performance.now()

  constructor(options: WallOptions) {
    this.#options = options
    void this.#followEvents()
  }

  /** @throws {AtalayaError} `too_many_viewers`, `out_of_descriptors` */
  makeSureOfRoom(): void {
    this.#options.admission.makeRoomForConnection()
    if (this.#connections.size >= this.#options.mostPages()) {
      throw new AtalayaError(
        'too_many_viewers',
        `${this.#connections.size} pages are connected already, as many as limits.viewers allows.`,
      )
    }
  }

  /**
   * Takes over a request for a WebSocket, of which nothing has been answered yet.
   * @param head what came with the request, behind its headers
   */
  accept(request: IncomingMessage, client: WallClient, head: Buffer): void {
    this.#server.handleUpgrade(request, client.stream, head, (socket) => {
      const connection = new WallConnection(socket, client, this.#options)
      this.#connections.add(connection)
      socket.once('close', () => this.#connections.delete(connection))
    })
  }

  /** Tells every page that the gateway ends; resolves when they are gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    this.#end.abort()
    await Promise.all([...this.#connections].map((connection) => connection.close()))
  }

  #tick(): void {
    const instant = performance.now()
    const hasSlept = instant - this.#tickedAt > ASLEEP_AFTER_MS
    this.#tickedAt = instant
    for (const connection of this.#connections) connection.tick(hasSlept)
  }

  async #followEvents(): Promise<void> {
    for await (const event of this.#options.events.follow(this.#end.signal)) {
      for (const connection of this.#connections) connection.onEvent(event)
    }
  }
}

const TICK_MS = 400
const ASLEEP_AFTER_MS = 1000
/** What a page says is short. */
const LARGEST_MESSAGE = 4096
