import { once } from 'node:events'
import { WebSocket } from 'ws'
import { decodeWallHeader, encodeWallAck, type WallAnswer, type WallWatch } from '../../src/api/wall.ts'

/** A picture that has come to the page. */
export interface ArrivedPicture {
  readonly tile: number
  readonly bytes: number
  /** How old it was then, in milliseconds. */
  readonly age: number
}

/** A page of a wall behind a line that takes so many bytes a second: a picture is there, and acknowledged, when it has passed. */
export class PageOnALine implements Disposable {
  bytesPerSecond = Number.POSITIVE_INFINITY
  /** What has come since this was emptied. */
  arrived: ArrivedPicture[] = []
  readonly #socket: WebSocket
  readonly #renditions = new Map<number, string | null>()
  #freeAt = 0

  static async open(gateway: string): Promise<PageOnALine> {
    const page = new PageOnALine(new WebSocket(`${gateway.replace('http', 'ws')}/api/wall`))
    await once(page.#socket, 'open')
    return page
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data: Buffer, isBinary: boolean) => (isBinary ? this.#pass(data) : this.#hear(data)))
  }

  /** What each tile gets at the moment, such as `640x360@10 q60`. */
  get renditions(): (string | null)[] {
    return [...this.#renditions.values()]
  }

  watch(wish: Omit<WallWatch, 'type' | 'visible'>): void {
    this.#socket.send(JSON.stringify({ type: 'watch', visible: true, ...wish } satisfies WallWatch))
  }

  [Symbol.dispose](): void {
    this.#socket.terminate()
  }

  #pass(message: Buffer): void {
    const header = decodeWallHeader(new Uint8Array(message).buffer)
    if (!header) throw new Error('no picture')
    this.#freeAt = Math.max(this.#freeAt, performance.now()) + (message.length * 1000) / this.bytesPerSecond
    const arrive = () => {
      this.arrived.push({ tile: header.tile, bytes: message.length, age: Date.now() - header.capturedAt })
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(encodeWallAck({ ...header, heldMs: 0 }))
    }
    const ms = this.#freeAt - performance.now()
    if (ms > 0) setTimeout(arrive, ms)
    else arrive()
  }

  #hear(message: Buffer): void {
    const answer = JSON.parse(message.toString()) as WallAnswer
    if (answer.type === 'stats') for (const { tile, rendition } of answer.tiles) this.#renditions.set(tile, rendition)
  }
}
