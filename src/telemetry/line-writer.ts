import { write, writeSync } from 'node:fs'

/** Bytes that wait for a reader at most; lines beyond them are lost. */
const MOST_WAITING = 1024 * 1024
const RETRY_MS = 10
/** So long the end of the process waits for a reader that stalls. */
const LAST_CALL_MS = 500

/**
 * Writes lines to a descriptor and never waits for who reads it: a reader that stalls costs lines, and one that has gone costs all
 * that follow. What is left is written when the process ends.
 */
export class LineWriter {
  readonly #fd: number
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #isWriting = false
  #isBroken = false

  constructor(fd: number) {
    this.#fd = fd
    process.once('exit', () => this.#writeRest())
  }

  write(line: string): void {
    const bytes = Buffer.from(line)
    if (this.#isBroken || this.#waitingBytes + bytes.length > MOST_WAITING) return
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (!this.#isWriting) this.#writeSome()
  }

  #writeSome(): void {
    const bytes = this.#take()
    this.#isWriting = bytes.length > 0
    if (!this.#isWriting) return
    write(this.#fd, bytes, (error, written) => {
      if (error && !isBusy(error)) this.#isBroken = true
      if (this.#isBroken) return
      this.#putBack(bytes.subarray(error ? 0 : written))
      if (error) setTimeout(() => this.#writeSome(), RETRY_MS).unref()
      else this.#writeSome()
    })
  }

  #writeRest(): void {
    const deadline = performance.now() + LAST_CALL_MS
    while (!this.#isBroken && this.#waitingBytes > 0 && performance.now() < deadline) {
      const bytes = this.#take()
      try {
        this.#putBack(bytes.subarray(writeSync(this.#fd, bytes)))
      } catch (error) {
        this.#isBroken = !isBusy(error)
        this.#putBack(bytes)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
      }
    }
  }

  #take(): Buffer {
    const bytes = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#waitingBytes = 0
    return bytes
  }

  #putBack(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#waiting.unshift(bytes)
    this.#waitingBytes += bytes.length
  }
}

/** A descriptor that does not block has no room at this moment. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN'
}
