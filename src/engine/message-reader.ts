import { HEADER_BYTES, MAX_BODY_BYTES } from './protocol.ts'

/** Takes one message: its type, its session and its body, which is the receiver's to keep. */
export type MessageHandler = (type: number, session: number, body: Buffer) => void

/**
 * Cuts the bytes of a pipe into messages. A body that arrives in one piece is handed over as it is, any other is put
 * together with one copy.
 */
export class MessageReader {
  readonly #handle: MessageHandler
  readonly #header = Buffer.alloc(HEADER_BYTES)
  #headerFilled = 0
  #body: Buffer | undefined
  #bodyFilled = 0

  constructor(handle: MessageHandler) {
    this.#handle = handle
  }

  /**
   * Takes the next bytes; the reader keeps what it needs of them, so they must not be written to afterwards.
   * @throws {RangeError} when a message is larger than any can be.
   */
  push(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length) at = this.#body === undefined ? this.#readHeader(bytes, at) : this.#readBody(this.#body, bytes, at)
  }

  #readHeader(bytes: Buffer, at: number): number {
    const copied = bytes.copy(this.#header, this.#headerFilled, at, at + HEADER_BYTES - this.#headerFilled)
    this.#headerFilled += copied
    const begin = at + copied
    if (this.#headerFilled < HEADER_BYTES) return begin
    const length = this.#header.readUInt32BE(0)
    if (length > MAX_BODY_BYTES) throw new RangeError(`a message of ${length} bytes on an engine's pipe`)
    if (begin + length <= bytes.length) {
      this.#deliver(bytes.subarray(begin, begin + length))
      return begin + length
    }
    this.#body = Buffer.allocUnsafe(length)
    this.#bodyFilled = 0
    return begin
  }

  #readBody(body: Buffer, bytes: Buffer, at: number): number {
    const copied = bytes.copy(body, this.#bodyFilled, at)
    this.#bodyFilled += copied
    if (this.#bodyFilled === body.length) this.#deliver(body)
    return at + copied
  }

  #deliver(body: Buffer): void {
    this.#headerFilled = 0
    this.#body = undefined
    this.#handle(this.#header.readUInt8(4), this.#header.readUInt32BE(5), body)
  }
}
