import { type ClientRequest, get, type IncomingMessage } from 'node:http'

/** One part of a stream. */
export interface ReceivedPicture {
  readonly data: Buffer
  readonly sequence: number
  /** `X-Timestamp` in seconds. */
  readonly timestamp: number
  /** `X-Rendition`; a notice has none. */
  readonly rendition: string | undefined
  /** It stands for the pictures of a camera that is offline. */
  readonly isNotice: boolean
  /** When its last byte was read: milliseconds since the epoch by the monotonic clock. */
  readonly at: number
}

/** A program that reads a stream in the `length` form, as OpenCV and ffmpeg do. It refuses any deviation from that form. */
export class MjpegReader implements Disposable {
  readonly pictures: ReceivedPicture[] = []
  status = 0
  headers: IncomingMessage['headers'] = {}
  isClosed = false
  failure: Error | undefined
  /** The end of the stream was announced, after a whole picture. */
  endedWhole = false
  readonly #request: ClientRequest
  readonly #onPicture: (picture: ReceivedPicture) => void
  #buffered: Buffer = Buffer.alloc(0)
  #hasPreamble = false

  /** @param keep whether the pictures are kept for the test; counting alone needs less memory */
  constructor(url: string, { onPicture, keep = true }: { onPicture?: (picture: ReceivedPicture) => void; keep?: boolean } = {}) {
    this.#onPicture = (picture) => {
      if (keep) this.pictures.push(picture)
      onPicture?.(picture)
    }
    this.#request = get(url, { agent: false }, (response) => {
      this.status = response.statusCode ?? 0
      this.headers = response.headers
      response.on('data', (data: Buffer) => this.#read(data))
      response.on('close', () => {
        this.isClosed = true
      })
      response.on('error', () => response.destroy())
    })
    this.#request.on('error', (error) => {
      this.isClosed = true
      this.failure ??= error
    })
  }

  /** Numbers of distinct pictures received. */
  get distinct(): number {
    return new Set(this.pictures.map(({ sequence }) => sequence)).size
  }

  close(): void {
    this.#request.destroy()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #read(data: Buffer): void {
    const at = performance.timeOrigin + performance.now()
    this.#buffered = this.#buffered.length === 0 ? data : Buffer.concat([this.#buffered, data])
    for (;;) {
      if (!this.#hasPreamble) {
        if (this.#buffered.length < PREAMBLE.length) return
        this.#expect(this.#buffered.subarray(0, PREAMBLE.length).equals(PREAMBLE), 'it must begin with a boundary')
        this.#buffered = this.#buffered.subarray(PREAMBLE.length)
        this.#hasPreamble = true
      }
      if (this.#buffered.subarray(0, 2).toString() === '--') {
        this.endedWhole = true
        return
      }
      const end = this.#buffered.indexOf('\r\n\r\n')
      if (end < 0) return
      const header = this.#buffered.subarray(0, end).toString()
      const match = PART_HEADER.exec(header)
      this.#expect(match !== null, `not the header of a part: ${header}`)
      const length = Number(match?.[1])
      const next = end + 4 + length
      if (this.#buffered.length < next + BETWEEN.length) return
      this.#expect(
        this.#buffered.subarray(next, next + 9).equals(BETWEEN.subarray(0, 9)),
        'a part must be followed by a boundary',
      )
      const picture = Buffer.from(this.#buffered.subarray(end + 4, next))
      this.#buffered = this.#buffered.subarray(next + 9)
      if (this.#buffered.subarray(0, 2).toString() === '\r\n') this.#buffered = this.#buffered.subarray(2)
      this.#onPicture({
        data: picture,
        sequence: Number(match?.[3]),
        timestamp: Number(match?.[2]),
        rendition: match?.[4],
        isNotice: match?.[5] !== undefined,
        at,
      })
    }
  }

  #expect(truth: boolean, rule: string): void {
    if (truth) return
    this.failure ??= new Error(rule)
    this.close()
    throw this.failure
  }
}

const PREAMBLE = Buffer.from('--frame\r\n')
const BETWEEN = Buffer.from('\r\n--frame\r\n')
const PART_HEADER =
  /^Content-Type: image\/jpeg\r\nContent-Length: (\d+)\r\nX-Timestamp: (\d+\.\d{6})\r\nX-Sequence: (\d+)(?:\r\nX-Rendition: ([^\r\n]+))?(\r\nX-Offline: true)?$/
