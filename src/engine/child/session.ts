import type { Writable } from 'node:stream'
import type { Rendition } from '../../media/rendition.ts'
import { MESSAGE, sendJson, sendMessage } from '../protocol.ts'

/** What an engine does for one camera: it decodes, or it generates. */
export interface Session {
  /** Does one piece of work. True: there is more to do at once. */
  work(): boolean
  setRenditions(renditions: ReadonlyMap<number, Rendition>): void
  /** Takes the body of a `decode` message. True: there is work to do. */
  decode(body: Buffer): boolean
  /** Frees everything that libav holds for it. */
  close(): void
}

/** A session's way to the main process. */
export class SessionOutput {
  readonly #pipe: Writable
  readonly #session: number

  constructor(pipe: Writable, session: number) {
    this.#pipe = pipe
    this.#session = session
  }

  /** The main process does not take what it is sent: pictures made now would only pile up here. */
  get isClogged(): boolean {
    return this.#pipe.writableLength > MAX_UNSENT_BYTES
  }

  /** `data` must not be written to afterwards. */
  send(type: number, fields: Buffer, data?: Buffer): void {
    sendMessage(this.#pipe, { type, session: this.#session }, fields, data)
  }

  /** What is sent meanwhile goes to the kernel in one call at the end. */
  together(work: () => void): void {
    this.#pipe.cork()
    try {
      work()
    } finally {
      this.#pipe.uncork()
    }
  }

  fail(message: string): void {
    sendJson(this.#pipe, { type: MESSAGE.failed, session: this.#session }, { code: 'unsupported', message })
  }
}

const MAX_UNSENT_BYTES = 8 * 1024 * 1024
