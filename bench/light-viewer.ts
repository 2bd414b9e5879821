import { connect, type Socket } from 'node:net'

/** A viewer that costs next to nothing: it counts pictures by their headers and looks at none. */
export class LightViewer implements Disposable {
  /** Pictures received whole, without repetitions of the same one. */
  distinct = 0
  isClosed = false
  readonly #socket: Socket
  #header = ''
  #sequence: string | undefined
  #isRepeated = false
  #bodyLeft = 0

  constructor(url: string) {
    const buffer = Buffer.alloc(READ_BYTES)
    const callback = (length: number) => {
      this.#read(buffer.subarray(0, length))
      return true
    }
    this.#socket = connect({ ...requestTarget(url), onread: { buffer, callback } })
    this.#socket.on('error', () => this.#socket.destroy())
    this.#socket.on('close', () => {
      this.isClosed = true
    })
    sendRequest(this.#socket, url)
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #read(data: Buffer): void {
    for (let at = 0; at < data.length; ) at += this.#bodyLeft > 0 ? this.#readBody(data.length - at) : this.#readHeader(data, at)
  }

  #readBody(available: number): number {
    const taken = Math.min(this.#bodyLeft, available)
    this.#bodyLeft -= taken
    if (this.#bodyLeft === 0 && !this.#isRepeated) this.distinct++
    return taken
  }

  /** The response's own header block is one like those of the parts, without a Content-Length. */
  #readHeader(data: Buffer, at: number): number {
    const known = this.#header.length
    this.#header += data.toString('latin1', at, at + MAX_HEADER_BYTES)
    const end = this.#header.indexOf('\r\n\r\n')
    if (end < 0) return Math.min(data.length - at, MAX_HEADER_BYTES)
    const header = this.#header.slice(0, end)
    this.#header = ''
    this.#bodyLeft = Number(/^content-length: (\d+)$/im.exec(header)?.[1] ?? 0)
    const sequence = /^x-sequence: (\d+)$/im.exec(header)?.[1]
    this.#isRepeated = sequence === this.#sequence
    this.#sequence = sequence ?? this.#sequence
    return end + 4 - known
  }
}

/** A viewer that asks for a stream and never reads a byte of it. */
export class StuckViewer implements Disposable {
  readonly #socket: Socket

  constructor(url: string) {
    this.#socket = connect(requestTarget(url))
    this.#socket.pause()
    this.#socket.on('error', () => this.#socket.destroy())
    sendRequest(this.#socket, url)
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }
}

const READ_BYTES = 64 * 1024
const MAX_HEADER_BYTES = 1024

function requestTarget(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}

function sendRequest(socket: Socket, url: string): void {
  const { host, pathname, search } = new URL(url)
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
}
