import { connect, type Socket } from 'node:net'

/** A viewer that reads 10 KB a second. */
export class SlowReader implements Disposable {
  bytes = 0
  isClosed = false
  readonly #socket: Socket
  readonly #timer: NodeJS.Timeout

  constructor(url: string) {
    this.#socket = askForStream(url)
    this.#socket.pause()
    this.#socket.on('close', () => {
      this.isClosed = true
    })
    this.#timer = setInterval(() => {
      this.bytes += (this.#socket.read(1000) as Buffer | null)?.length ?? 0
    }, 100)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#socket.destroy()
  }
}

/** The socket on which the answer comes. */
export function askForStream(url: string): Socket {
  const { hostname, port, pathname, search, host } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => socket.destroy())
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nAccept: */*\r\n\r\n`)
  return socket
}
