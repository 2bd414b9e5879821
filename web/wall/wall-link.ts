import type { CameraStatus } from '../../src/api/camera-status.ts'
import {
  decodeWallHeader,
  encodeWallAck,
  type WallAnswer,
  type WallPictureHeader,
  type WallRequest,
  type WallTileStats,
  type WallWatch,
} from '../../src/api/wall.ts'
import { Backoff } from './backoff.ts'
import { findObstacle, isAnswering, type Obstacle, type ObstacleKind } from './find-obstacle.ts'
import { GatewayClock } from './gateway-clock.ts'
import { PictureDecoder } from './picture-decoder.ts'

/** How the connection to a gateway is. */
export type LinkState =
  | { readonly state: 'connecting' }
  | { readonly state: 'open' }
  /** It was there, or was tried, and is not: tried again for ever. */
  | { readonly state: 'lost'; readonly since: Date }
  | { readonly state: 'refused'; readonly obstacle: Obstacle }

/** A decoded picture. Who gets it closes it, or hands it to a canvas. */
export interface LinkPicture {
  readonly bitmap: ImageBitmap
  readonly header: WallPictureHeader
  /** Of the JPEG. */
  readonly bytes: number
  /** How long ago it was taken, in milliseconds, as far as the two clocks can be compared. */
  readonly age: number
}

/** What a tile is told. */
export interface LinkTile {
  link(state: LinkState): void
  camera(status: CameraStatus): void
  error(code: string, message: string): void
  stats(stats: WallTileStats): void
  picture(picture: LinkPicture): void
}

/** What a tile wants, but for its number. */
export type LinkWish = Omit<WallWatch, 'type' | 'tile'>

/** A tile's place on the link. */
export interface LinkPlace {
  ask(wish: LinkWish): void
  close(): void
}

/**
 * The one connection of this page to a gateway, shared by all elements: opened with the first tile, closed some time after the
 * last. It comes back by itself, and never asks for more than to watch.
 */
export class WallLink {
  readonly #base: URL
  readonly #tiles = new Map<number, Tile>()
  readonly #backoff = new Backoff()
  readonly #clock = new GatewayClock()
  #decoder: PictureDecoder | undefined
  #socket: WebSocket | undefined
  #state: LinkState = { state: 'connecting' }
  #hasBeenOpen = false
  /** How often the socket closed since it was open or nothing answered. */
  #refusals = 0
  #heardAt = 0
  #pingedAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #watch: ReturnType<typeof setInterval> | undefined

  /** The link of this page to the gateway at this address, which ends with a slash. */
  static to(base: URL): WallLink {
    const link = links.get(base.href) ?? new WallLink(base)
    links.set(base.href, link)
    return link
  }

  private constructor(base: URL) {
    this.#base = base
  }

  /** Takes a place; what is asked for there is told to the output. */
  join(output: LinkTile): LinkPlace {
    const tile = nextTile++
    this.#tiles.set(tile, { output, wish: undefined, came: 0, drawn: 0 })
    if (this.#tiles.size === 1) this.#begin()
    output.link(this.#state)
    return {
      ask: (wish) => this.#ask(tile, wish),
      close: () => {
        if (!this.#tiles.delete(tile)) return
        this.#send({ type: 'unwatch', tile })
        if (this.#tiles.size === 0) this.#endSoon()
      },
    }
  }

  #begin(): void {
    clearTimeout(this.#timer)
    this.#decoder ??= new PictureDecoder()
    addEventListener('pagehide', this.#onPageHide)
    addEventListener('pageshow', this.#tryNow)
    addEventListener('online', this.#tryNow)
    document.addEventListener('visibilitychange', this.#onVisibility)
    this.#watch ??= setInterval(() => this.#lookAfter(), LOOK_EVERY_MS)
    if (!this.#socket) this.#connect()
  }

  #endSoon(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#end(), LINGER_MS)
  }

  #end(): void {
    clearInterval(this.#watch)
    this.#watch = undefined
    removeEventListener('pagehide', this.#onPageHide)
    removeEventListener('pageshow', this.#tryNow)
    removeEventListener('online', this.#tryNow)
    document.removeEventListener('visibilitychange', this.#onVisibility)
    this.#drop()
    this.#decoder?.close()
    this.#decoder = undefined
    this.#state = { state: 'connecting' }
    links.delete(this.#base.href)
  }

  #ask(tile: number, wish: LinkWish): void {
    const entry = this.#tiles.get(tile)
    if (!entry || JSON.stringify(entry.wish) === JSON.stringify(wish)) return
    entry.wish = wish
    this.#send({ type: 'watch', tile, ...wish })
  }

  #connect(): void {
    this.#drop()
    const url = new URL('api/wall', this.#base)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    let socket: WebSocket
    try {
      socket = new WebSocket(url)
    } catch {
      // A page of https may not open it.
      this.#become({ state: 'refused', obstacle: { kind: 'mixed-content', message: '' } })
      return
    }
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => this.#onOpen()
    socket.onmessage = ({ data }) => this.#onMessage(data, socket)
    socket.onclose = () => this.#onClose()
  }

  /** Lets go of the socket without a word from it. */
  #drop(): void {
    const socket = this.#socket
    if (!socket) return
    this.#socket = undefined
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }

  #onOpen(): void {
    this.#hasBeenOpen = true
    this.#refusals = 0
    this.#heardAt = performance.now()
    this.#pingedAt = 0
    this.#backoff.clear()
    this.#become({ state: 'open' })
    for (const [tile, entry] of this.#tiles) {
      entry.came = entry.drawn = 0
      if (entry.wish) this.#send({ type: 'watch', tile, ...entry.wish })
    }
    this.#lookAfter()
  }

  #onClose(): void {
    this.#socket = undefined
    this.#refusals++
    this.#lose()
    this.#retry()
  }

  #lose(): void {
    if (this.#state.state !== 'lost' && this.#state.state !== 'refused') this.#become({ state: 'lost', since: new Date() })
  }

  #retry(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#tryAgain(), this.#backoff.next())
  }

  /** Browsers hold back WebSockets to an address that failed often, but no other request: so that comes first. */
  async #tryAgain(): Promise<void> {
    if (!(await isAnswering(this.#base))) {
      this.#refusals = 0
      if (this.#tiles.size > 0 && !this.#socket) this.#retry()
      return
    }
    if (this.#refusals > 1) {
      const obstacle = await findObstacle(this.#base)
      if (obstacle && (!this.#hasBeenOpen || CAN_COME_LATER.has(obstacle.kind))) {
        this.#become({ state: 'refused', obstacle })
        this.#backoff.slowDown()
      }
    }
    if (this.#tiles.size > 0 && !this.#socket) this.#connect()
  }

  readonly #tryNow = (): void => {
    if (this.#socket || this.#tiles.size === 0) return
    this.#backoff.clear()
    clearTimeout(this.#timer)
    void this.#tryAgain()
  }

  readonly #onVisibility = (): void => {
    this.#heardAt = performance.now()
    if (!document.hidden) this.#tryNow()
  }

  /** A page with an open connection is not kept for the way back. */
  readonly #onPageHide = (): void => this.#drop()

  /** Asks for a sign of life, and does not wait for ever for it. */
  #lookAfter(): void {
    if (!this.#socket || this.#socket.readyState !== WebSocket.OPEN || document.hidden) return
    const at = performance.now()
    if (at - this.#heardAt > GONE_AFTER_MS) {
      this.#drop()
      this.#lose()
      this.#retry()
      return
    }
    if (at - this.#heardAt > SILENT_AFTER_MS) this.#lose()
    if (at - this.#pingedAt < PING_EVERY_MS) return
    this.#pingedAt = at
    this.#send({ type: 'ping', at })
  }

  #onMessage(data: unknown, socket: WebSocket): void {
    this.#heardAt = performance.now()
    if (this.#state.state !== 'open') this.#become({ state: 'open' })
    if (data instanceof ArrayBuffer) void this.#onPicture(data, socket)
    else this.#onAnswer(JSON.parse(String(data)) as WallAnswer)
  }

  #onAnswer(answer: WallAnswer): void {
    switch (answer.type) {
      case 'camera':
        for (const { wish, output } of this.#tiles.values()) if (wish?.camera === answer.status.id) output.camera(answer.status)
        return
      case 'error':
        this.#onError(answer)
        return
      case 'stats':
        for (const stats of answer.tiles) this.#tiles.get(stats.tile)?.output.stats(stats)
        return
      case 'pong':
        this.#clock.compare(answer)
        return
      case 'hello':
        return
    }
  }

  #onError({ tile, code, message }: WallAnswer & { type: 'error' }): void {
    const entry = tile === undefined ? undefined : this.#tiles.get(tile)
    if (!entry) return
    // What is still being decoded is from before.
    entry.drawn = entry.came
    entry.output.error(code, message)
  }

  async #onPicture(data: ArrayBuffer, socket: WebSocket): Promise<void> {
    const header = decodeWallHeader(data)
    if (!header) return
    const { tile, number } = header
    const cameAt = performance.now()
    const bytes = data.byteLength
    try {
      const entry = this.#tiles.get(tile)
      if (!entry) return
      entry.came = number
      const bitmap = await this.#decoder?.decode(data)
      if (!bitmap) return
      // A later one may have been decoded faster, and those of a former connection have other numbers.
      if (!this.#tiles.has(tile) || number <= entry.drawn || socket !== this.#socket) bitmap.close()
      else {
        entry.drawn = number
        entry.output.picture({ bitmap, header, bytes, age: this.#clock.ageOf(header.capturedAt) })
      }
    } finally {
      if (socket.readyState === WebSocket.OPEN) socket.send(encodeWallAck({ tile, number, heldMs: performance.now() - cameAt }))
    }
  }

  #become(state: LinkState): void {
    this.#state = state
    for (const { output } of this.#tiles.values()) output.link(state)
  }

  #send(request: WallRequest): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(request))
  }
}

const links = new Map<string, WallLink>()
/** Never used twice on a page. */
let nextTile = 1

/** What is known of a tile. */
interface Tile {
  readonly output: LinkTile
  wish: LinkWish | undefined
  /** The numbers of the newest picture that has come, and of the newest one that was handed out. */
  came: number
  drawn: number
}

/** Where WebSockets have come through before, nothing else stands in their way. */
const CAN_COME_LATER: ReadonlySet<ObstacleKind> = new Set(['login-required', 'forbidden-origin'])
const LINGER_MS = 1000
const LOOK_EVERY_MS = 500
const PING_EVERY_MS = 1000
const SILENT_AFTER_MS = 1900
const GONE_AFTER_MS = 5000
