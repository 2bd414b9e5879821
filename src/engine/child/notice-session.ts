import type { Rendition } from '../../media/rendition.ts'
import { EMPTY, MESSAGE } from '../protocol.ts'
import { decodeNotice } from '../remote-notice.ts'
import { drawNotice } from './draw-notice.ts'
import type { Session, SessionOutput } from './session.ts'

/** Draws one notice, when its turn comes. */
export class NoticeSession implements Session {
  readonly #order: Buffer
  readonly #output: SessionOutput

  constructor(order: Buffer, output: SessionOutput) {
    this.#order = Buffer.from(order)
    this.#output = output
  }

  work(): boolean {
    this.#output.send(MESSAGE.notice, EMPTY, drawNotice(decodeNotice(this.#order)))
    return false
  }

  close(): void {
    // Everything was freed where it was used.
  }

  decode(_body: Buffer): boolean {
    throw new TypeError('a notice decodes no stream')
  }

  setRenditions(_renditions: ReadonlyMap<number, Rendition>): void {
    throw new TypeError('a notice has no renditions')
  }
}
