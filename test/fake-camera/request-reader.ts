/** A request to a fake camera. */
export interface Request {
  readonly method: string
  readonly uri: string
  /** By names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  /** The names as they were spelled. */
  readonly names: readonly string[]
}

/** Takes requests and interleaved packets out of what a client says. */
export class RequestReader {
  readonly #onRequest: (request: Request) => void
  #text = Buffer.alloc(0)

  /** @param onRequest told of each; a packet of a client is one whose method is `RTCP`. */
  constructor(onRequest: (request: Request) => void) {
    this.#onRequest = onRequest
  }

  push(chunk: Buffer): void {
    this.#text = Buffer.concat([this.#text, chunk])
    for (;;) {
      if (this.#text[0] === 0x24) {
        const end = this.#text.length < 4 ? Number.POSITIVE_INFINITY : 4 + this.#text.readUInt16BE(2)
        if (this.#text.length < end) return
        this.#text = this.#text.subarray(end)
        this.#onRequest({ method: 'RTCP', uri: '', headers: new Map(), names: [] })
        continue
      }
      const end = this.#text.indexOf('\r\n\r\n')
      if (end < 0) return
      const request = parseRequest(this.#text.toString('utf8', 0, end))
      this.#text = this.#text.subarray(end + 4)
      this.#onRequest(request)
    }
  }
}

function parseRequest(text: string): Request {
  const [start = '', ...lines] = text.split('\r\n')
  const [method = '', uri = ''] = start.split(' ')
  const fields = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const)
  return {
    method,
    uri,
    headers: new Map(fields.map(([name, value]) => [name.toLowerCase(), value])),
    names: fields.map(([name]) => name),
  }
}
