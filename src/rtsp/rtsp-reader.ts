import { AtalayaError } from '../api/errors.ts'
import { readVersion } from './rtp-packet.ts'
import { headerOf, parseRtspHead, type RtspHead, type RtspMessage } from './rtsp-message.ts'

/** Where a reader puts what it finds, within `push`. */
export interface RtspReaderOutput {
  /** An interleaved packet (RFC 2326 section 10.12). The payload is only valid during the call: copy what is to stay. */
  frame(channel: number, payload: Buffer): void
  message(message: RtspMessage): void
}

/**
 * Takes RTSP messages and interleaved packets out of a TCP stream. When a camera loses its own framing, as some do when
 * their send buffer fills, the reader looks for the next plausible beginning and goes on; a stream that is mostly garbage
 * ends in an error. It never holds more than one message or packet.
 */
export class RtspReader {
  readonly #output: RtspReaderOutput
  /** What the last `push` left over, in a buffer that is used again and again. */
  #buffer = Buffer.allocUnsafe(4096)
  #length = 0
  /** A message whose body is outstanding. */
  #open: { head: RtspHead; bodyBytes: number } | undefined
  #synchronised = true
  #everUnderstood = false
  #garbage = 0
  #resyncs = 0

  constructor(output: RtspReaderOutput) {
    this.#output = output
  }

  /** How often the framing was lost. */
  get resyncs(): number {
    return this.#resyncs
  }

  /**
   * Takes the next bytes of the stream.
   * @throws {AtalayaError} `protocol_error` when they are not RTSP, or a message exceeds its bounds.
   */
  push(chunk: Buffer): void {
    const data = this.#length === 0 ? chunk : this.#withRest(chunk)
    let at = 0
    while (at < data.length) {
      const taken = this.#take(data.subarray(at))
      if (taken === 0) break
      at += taken
    }
    this.#keep(data.subarray(at))
  }

  /** Handles what stands at the beginning of `data` and returns its length; 0 when there is not enough of it yet. */
  #take(data: Buffer): number {
    if (this.#open) return this.#takeBody(this.#open, data)
    if (data[0] === DOLLAR) return this.#takeFrame(data)
    const start = looksLikeMessage(data)
    if (start === 'no') return this.#skip(data)
    return start === 'yes' ? this.#takeHead(data) : 0
  }

  #takeFrame(data: Buffer): number {
    if (data.length < 4) return 0
    const end = 4 + data.readUInt16BE(2)
    // In step, a packet is believed; out of step, only one whose RTP or RTCP version and successor fit.
    if (!this.#synchronised && data.length === 4) return 0
    if (!this.#synchronised && (data.readUInt8(1) > MAX_CHANNEL || readVersion(data.subarray(4)) !== 2)) return this.#skip(data)
    // Out of step, the successor has to be there as well, to be looked at.
    if (data.length < end || (!this.#synchronised && data.length === end)) return 0
    if (!this.#synchronised && data[end] !== DOLLAR && looksLikeMessage(data.subarray(end)) === 'no') return this.#skip(data)
    this.#understood(end)
    this.#output.frame(data.readUInt8(1), data.subarray(4, end))
    return end
  }

  #takeHead(data: Buffer): number {
    const { headEnd, bodyBegin } = findHeadEnd(data)
    if (headEnd < 0 && data.length <= MAX_HEAD_BYTES) return 0
    if (headEnd < 0 || headEnd > MAX_HEAD_BYTES) {
      throw new AtalayaError('protocol_error', `The camera sent an RTSP header of more than ${MAX_HEAD_BYTES} bytes.`)
    }
    const head = parseRtspHead(data.toString('utf8', 0, headEnd))
    if (!head) return this.#skip(data)
    const bodyBytes = Number(headerOf(head.headers, 'content-length') ?? 0)
    if (!Number.isInteger(bodyBytes) || bodyBytes < 0 || bodyBytes > MAX_BODY_BYTES) {
      throw new AtalayaError(
        'protocol_error',
        `The camera announced an RTSP body that is not between 0 and ${MAX_BODY_BYTES} bytes.`,
      )
    }
    this.#understood(bodyBegin)
    this.#open = { head, bodyBytes }
    // Without a body the message is whole already, even if nothing follows to wake the loop.
    return bodyBegin + this.#takeBody(this.#open, data.subarray(bodyBegin))
  }

  #takeBody({ head, bodyBytes }: { head: RtspHead; bodyBytes: number }, data: Buffer): number {
    if (data.length < bodyBytes) return 0
    this.#open = undefined
    this.#output.message({ ...head, body: Buffer.from(data.subarray(0, bodyBytes)) })
    return bodyBytes
  }

  /** Steps over garbage, to the next byte that something may begin with. */
  #skip(data: Buffer): number {
    // Blank lines between messages are harmless (RFC 2326 section 4, by way of HTTP).
    if (this.#synchronised && (data[0] === CR || data[0] === LF)) return 1
    if (!this.#everUnderstood) {
      throw new AtalayaError(
        'protocol_error',
        `What answers at this address does not speak RTSP: it begins with ${quoteBytes(data)}.`,
      )
    }
    if (this.#synchronised) this.#resyncs++
    this.#synchronised = false
    let next = 1
    while (next < data.length && data[next] !== DOLLAR && !MESSAGE_BYTES.has(data[next] ?? 0)) next++
    this.#garbage += next
    if (this.#garbage > MAX_GARBAGE_BYTES) {
      throw new AtalayaError(
        'protocol_error',
        `The camera's RTSP stream broke: more than ${MAX_GARBAGE_BYTES} bytes make no sense.`,
      )
    }
    return next
  }

  /** Good bytes make up for as much garbage. */
  #understood(bytes: number): void {
    this.#synchronised = true
    this.#everUnderstood = true
    this.#garbage = Math.max(0, this.#garbage - bytes)
  }

  #withRest(chunk: Buffer): Buffer {
    this.#reserve(this.#length + chunk.length)
    chunk.copy(this.#buffer, this.#length)
    return this.#buffer.subarray(0, this.#length + chunk.length)
  }

  #keep(rest: Buffer): void {
    if (rest.length > 0) {
      this.#reserve(rest.length)
      rest.copy(this.#buffer)
    }
    this.#length = rest.length
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(bytes, this.#buffer.length * 2))
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}

const MAX_HEAD_BYTES = 16 * 1024
const MAX_BODY_BYTES = 128 * 1024
const MAX_GARBAGE_BYTES = 128 * 1024
/** Out of step, a higher channel number is taken for chance. */
const MAX_CHANNEL = 31
const DOLLAR = 0x24
const CR = 0x0d
const LF = 0x0a

/** How an answer begins, and the requests that cameras send. */
const MESSAGE_STARTS = [
  'RTSP/',
  'OPTIONS ',
  'ANNOUNCE ',
  'REDIRECT ',
  'TEARDOWN ',
  'PAUSE ',
  'PLAY_NOTIFY ',
  'GET_PARAMETER ',
  'SET_PARAMETER ',
]
const MESSAGE_BYTES: ReadonlySet<number> = new Set(MESSAGE_STARTS.map((start) => start.charCodeAt(0)))

function looksLikeMessage(data: Buffer): 'yes' | 'no' | 'maybe' {
  if (!MESSAGE_BYTES.has(data[0] ?? 0)) return 'no'
  const text = data.toString('latin1', 0, 16)
  if (MESSAGE_STARTS.some((start) => text.startsWith(start))) return 'yes'
  return MESSAGE_STARTS.some((start) => start.startsWith(text)) ? 'maybe' : 'no'
}

/** The empty line, with or without carriage returns. Looks no further than that: many short messages may come at once. */
function findHeadEnd(data: Buffer): { headEnd: number; bodyBegin: number } {
  for (let at = data.indexOf(LF); at >= 0 && at <= MAX_HEAD_BYTES; at = data.indexOf(LF, at + 1)) {
    const next = data[at + 1] === CR ? at + 2 : at + 1
    if (data[next] === LF) return { headEnd: data[at - 1] === CR ? at - 1 : at, bodyBegin: next + 1 }
  }
  return { headEnd: -1, bodyBegin: 0 }
}

function quoteBytes(data: Buffer): string {
  return JSON.stringify(data.toString('latin1', 0, 24).replace(/[^\x20-\x7e]/g, '.'))
}
