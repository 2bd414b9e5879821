import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import { AtalayaError } from '../../api/errors.ts'
import type { GatewayEvent } from '../../api/events.ts'
import { decodeWallAck, encodeWallHeader, type WallAnswer, type WallRequest } from '../../api/wall.ts'
import { may, type Subject } from '../../auth/authorize.ts'
import type { Admission } from '../../cameras/admission.ts'
import type { Registry } from '../../cameras/registry.ts'
import type { Viewers } from '../../cameras/viewers.ts'
import { now, toEpochMicros } from '../../media/time.ts'
import type { DeliveryMetrics } from '../../telemetry/metrics.ts'
import { fairShares } from './fair-shares.ts'
import { LineMeter } from './line-meter.ts'
import { readWallRequest } from './read-request.ts'
import { WallTile } from './wall-tile.ts'

/** What the connections of a wall share. */
export interface WallParts {
  readonly cameras: Registry
  readonly viewers: Viewers
  readonly metrics: DeliveryMetrics
  readonly admission: Admission
  readonly version: string
}

/** Where a connection comes from. */
export interface WallClient {
  /** What the WebSocket runs on. */
  readonly stream: Duplex
  /** The IP address of the page's reader. */
  readonly address: string
  /** Who reads the page: it is told of cameras that they may see, for as long as they may. */
  readonly subject: Subject
}

/**
 * All cameras of one page. One picture at a time is handed to the socket, of the tile that has waited longest; the next one when
 * the kernel has taken it. So what waits is the newest picture of each tile and nothing else. What the page acknowledges says how
 * much the way to it takes, which the tiles share.
 */
export class WallConnection {
  readonly #socket: WebSocket
  readonly #client: WallClient
  readonly #parts: WallParts
  readonly #tiles = new Map<number, WallTile>()
  readonly #line = new LineMeter()
  #isWriting = false
  #isSuspended = false
  #heardAt = performance.now()
  #toldAt = performance.now()
  #messages = 0

  constructor(socket: WebSocket, client: WallClient, parts: WallParts) {
    this.#socket = socket
    this.#client = client
    this.#parts = parts
    socket.on('message', (data: RawData, isBinary: boolean) => this.#onMessage(data as Buffer, isBinary))
    socket.on('pong', (data: Buffer) => this.#onPong(data))
    socket.once('close', () => this.#leave())
    // What was wrong is in the code that the connection closes with.
    socket.on('error', () => socket.terminate())
    this.#tell({ type: 'hello', version: parts.version, now: Date.now() })
    this.#ping()
  }

  /** Resolves when the page has gone, at the latest after a second. */
  async close(): Promise<void> {
    this.#leave()
    this.#socket.close(GOING_AWAY, 'shutting_down')
    const timer = setTimeout(() => this.#socket.terminate(), CLOSE_WITHIN_MS)
    if (this.#socket.readyState !== this.#socket.CLOSED) await new Promise((resolve) => this.#socket.once('close', resolve))
    clearTimeout(timer)
  }

  /**
   * Asks for a sign of life, and ends or suspends a page that gives none.
   * @param hasSlept since the last time: what the page said meanwhile waits unread, and it is not to blame
   */
  tick(hasSlept: boolean): void {
    if (hasSlept) {
      this.#heardAt = performance.now()
      this.#line.forget()
    }
    const silentMs = performance.now() - this.#heardAt
    if (silentMs > GONE_AFTER_MS) {
      this.#socket.terminate()
      return
    }
    if (silentMs > SILENT_AFTER_MS && !this.#isSuspended) this.#suspend(true)
    if (!may(this.#client.subject, 'view')) this.#socket.close(POLICY_VIOLATION, 'access_revoked')
    if (this.#messages > MOST_MESSAGES) this.#socket.close(POLICY_VIOLATION, 'too many messages')
    this.#messages = 0
    this.#line.measure()
    this.#share()
    this.#ping()
    for (const tile of this.#tiles.values()) tile.settle()
    this.#pump()
    if (performance.now() - this.#toldAt >= STATS_EVERY_MS) this.#tellStats()
  }

  /** Passes on what the page wants to know of it. */
  onEvent(event: GatewayEvent): void {
    if (event.type !== 'state' && event.type !== 'config' && event.type !== 'reset') return
    const tiles = [...this.#tiles.values()].filter(({ camera }) => event.type === 'reset' || camera === event.camera)
    for (const camera of new Set(tiles.map((tile) => tile.camera))) this.#tellState(camera)
    for (const tile of tiles) tile.retry()
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    this.#messages++
    this.#onLife()
    if (isBinary) {
      const ack = decodeWallAck(data)
      const arrived = ack && this.#tiles.get(ack.tile)?.acknowledge(ack.number)
      for (const shipment of arrived ?? []) this.#line.arrive(shipment, ack?.heldMs ?? 0)
      this.#pump()
      return
    }
    try {
      this.#carryOut(readWallRequest(data.toString()))
    } catch (error) {
      const known = error instanceof AtalayaError ? error : new AtalayaError('internal_error', undefined, { cause: error })
      this.#tell({ type: 'error', code: known.code, message: known.message })
    }
  }

  #carryOut(request: WallRequest): void {
    if (request.type === 'ping') this.#tell({ type: 'pong', at: request.at, now: Date.now() })
    else if (request.type === 'unwatch') this.#remove(request.tile)
    else {
      const tile = this.#tiles.get(request.tile)
      if (!request.visible && tile?.camera !== request.camera) this.#tellState(request.camera)
      if (tile) tile.ask(request)
      else this.#add(new WallTile(request, this.#tileParts()))
    }
  }

  #add(tile: WallTile): void {
    if (this.#tiles.size >= MOST_TILES) {
      throw new AtalayaError('too_many_viewers', `One connection has ${MOST_TILES} tiles at most.`)
    }
    this.#tiles.set(tile.id, tile)
    tile.settle()
  }

  #remove(id: number): void {
    const tile = this.#tiles.get(id)
    if (!tile) return
    this.#tiles.delete(id)
    tile.leave('client')
    for (const shipment of tile.acknowledge(Number.POSITIVE_INFINITY)) this.#line.drop(shipment)
    this.#pump()
  }

  #tileParts() {
    return {
      ...this.#parts,
      address: this.#client.address,
      subject: this.#client.subject,
      drain: () => this.#line.bytesPerSecond,
      onPicture: () => this.#pump(),
      onWatching: ({ camera }: WallTile) => this.#tellState(camera),
      onFailure: ({ id, camera }: WallTile, { code, message }: AtalayaError) => {
        this.#tellState(camera)
        this.#tell({ type: 'error', tile: id, code, message })
      },
    }
  }

  #pump(): void {
    if (this.#isWriting || this.#socket.readyState !== this.#socket.OPEN) return
    let next: WallTile | undefined
    for (const tile of this.#tiles.values())
      if (tile.isReady && tile.lastSentAt < (next?.lastSentAt ?? Number.POSITIVE_INFINITY)) next = tile
    if (!next || !this.#line.has(next.waitingBytes)) return
    const taken = next.take(this.#line)
    if (!taken) return
    const { picture, number, skipped } = taken
    const header = encodeWallHeader({
      tile: next.id,
      number,
      skipped,
      sequence: picture.sequence,
      capturedAt: toEpochMicros(picture.capturedAt) / 1000,
      sentAt: Date.now(),
    })
    const { camera } = next
    this.#isWriting = true
    // Two frames of one message: the JPEG is shared by all viewers and copied for none.
    this.#client.stream.cork()
    this.#socket.send(header, { binary: true, fin: false })
    this.#socket.send(picture.data, { binary: true, fin: true }, (error) => {
      this.#isWriting = false
      if (error) return
      this.#parts.metrics.pictureSent(camera, (now() - picture.capturedAt) / 1e6)
      this.#pump()
    })
    this.#client.stream.uncork()
  }

  /** Gives each tile its part of what the way to the page takes. */
  #share(): void {
    const tiles = [...this.#tiles.values()].filter(({ isWatching }) => isWatching)
    const whole = this.#line.bytesPerSecond
    const wishes = tiles.map(({ mostUse }) => mostUse)
    const shares = whole === undefined ? [] : fairShares(whole, wishes)
    for (const [index, tile] of tiles.entries()) tile.share = shares[index]
  }

  /** Each says when it was sent, and comes back with that. */
  #ping(): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping(String(performance.now()))
  }

  #onPong(data: Buffer): void {
    const roundTripMs = performance.now() - Number(data.toString())
    if (roundTripMs >= 0) this.#line.hear(roundTripMs)
    this.#onLife()
  }

  #tellState(camera: string): void {
    if (!may(this.#client.subject, 'view', camera)) return
    if (this.#parts.cameras.has(camera)) this.#tell({ type: 'camera', status: this.#parts.cameras.get(camera).status() })
  }

  #tellStats(): void {
    this.#toldAt = performance.now()
    const tiles = [...this.#tiles.values()].flatMap((tile) => tile.stats() ?? [])
    if (tiles.length > 0) this.#tell({ type: 'stats', tiles })
  }

  /** What a page does not take does not wait for it: it has been told of the state when it answers again. */
  #tell(answer: WallAnswer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    if (this.#socket.bufferedAmount > MOST_UNSENT_BYTES) this.#socket.terminate()
    else this.#socket.send(JSON.stringify(answer))
  }

  #onLife(): void {
    this.#heardAt = performance.now()
    if (this.#isSuspended) this.#suspend(false)
  }

  #suspend(isSuspended: boolean): void {
    this.#isSuspended = isSuspended
    this.#line.forget()
    for (const tile of this.#tiles.values()) tile.suspend(isSuspended)
  }

  #leave(): void {
    for (const tile of this.#tiles.values()) tile.leave('client')
    this.#tiles.clear()
  }
}

const MOST_TILES = 128
/** From one tick to the next. A wall of 64 cameras at 30 pictures a second acknowledges 768 in that time. */
const MOST_MESSAGES = 4000
const STATS_EVERY_MS = 1000
/** A page that is silent so long is no viewer: the pictures go to nobody. */
const SILENT_AFTER_MS = 1400
const GONE_AFTER_MS = 10_000
const CLOSE_WITHIN_MS = 1000
const MOST_UNSENT_BYTES = 4 * 1024 * 1024
/** RFC 6455 section 7.4.1. */
const GOING_AWAY = 1001
const POLICY_VIOLATION = 1008
