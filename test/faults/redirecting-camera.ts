import { createServer, type Server } from 'node:net'

/** An RTSP server that refers everybody to somewhere else. */
export class RedirectingCamera implements AsyncDisposable {
  /** Whole requests. */
  readonly requests: string[] = []
  readonly #server: Server

  static async start(target: (self: string) => string): Promise<RedirectingCamera> {
    const camera = new RedirectingCamera(target)
    await new Promise<void>((resolve) => camera.#server.listen(0, '127.0.0.1', resolve))
    return camera
  }

  private constructor(target: (self: string) => string) {
    this.#server = createServer((socket) => {
      socket.on('error', () => socket.destroy())
      socket.on('data', (data) => {
        const request = data.toString('latin1')
        this.requests.push(request)
        const sequence = /^cseq: *(\d+)/im.exec(request)?.[1] ?? '0'
        if (request.startsWith('OPTIONS')) socket.write(`RTSP/1.0 200 OK\r\nCSeq: ${sequence}\r\nPublic: DESCRIBE\r\n\r\n`)
        else socket.write(`RTSP/1.0 302 Found\r\nCSeq: ${sequence}\r\nLocation: ${target(this.url)}\r\n\r\n`)
      })
    })
  }

  get url(): string {
    const address = this.#server.address()
    return `rtsp://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}/live`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
  }
}
