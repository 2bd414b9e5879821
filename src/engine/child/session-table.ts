import type { Duplex } from 'node:stream'
import type { VideoCodec } from '../../media/packet.ts'
import type { Rendition } from '../../media/rendition.ts'
import type { InputRequest, TestPattern } from '../engine.ts'
import { MessageReader } from '../message-reader.ts'
import { EMPTY, MESSAGE, readJson, sendMessage } from '../protocol.ts'
import { DecodeSession } from './decode-session.ts'
import { GeneratorSession } from './generator-session.ts'
import { InputSession } from './input-session.ts'
import { NoticeSession } from './notice-session.ts'
import { type Session, SessionOutput } from './session.ts'

/** Serves the sessions that the main process asks for over the pipe. Returns at once. */
export function serveSessions(pipe: Duplex): void {
  const table = new SessionTable(pipe)
  const reader = new MessageReader((type, session, body) => table.receive(type, session, body))
  pipe.on('data', (bytes: Buffer) => reader.push(bytes))
}

/**
 * The sessions of this engine and whose turn it is: each that has work does one piece of it and goes to the back of the
 * line, and between two pieces the pipe is read, so that no camera waits for the backlog of another.
 */
class SessionTable {
  readonly #pipe: Duplex
  readonly #sessions = new Map<number, Session>()
  /** Those with work, in the order of their turns. */
  readonly #line = new Set<number>()
  #named = 0
  #isScheduled = false

  constructor(pipe: Duplex) {
    this.#pipe = pipe
  }

  receive(type: number, id: number, body: Buffer): void {
    switch (type) {
      case MESSAGE.openDecoder:
        this.#open(id, (output) => new DecodeSession(readJson<{ codec: VideoCodec }>(body).codec, output))
        break
      case MESSAGE.openGenerator:
        this.#open(id, (output) => new GeneratorSession(readJson<TestPattern>(body), output, () => this.#hasWork(id)))
        break
      case MESSAGE.openInput:
        this.#open(id, (output) => new InputSession(readJson<InputRequest>(body), output))
        break
      case MESSAGE.drawNotice:
        this.#open(id, (output) => new NoticeSession(body, output))
        this.#hasWork(id)
        break
      case MESSAGE.setRenditions:
        this.#sessions.get(id)?.setRenditions(new Map(readJson<[number, Rendition][]>(body)))
        break
      case MESSAGE.decode:
        if (this.#sessions.get(id)?.decode(body)) this.#hasWork(id)
        break
      case MESSAGE.close:
        this.#close(id)
        break
      case MESSAGE.ping:
        sendMessage(this.#pipe, { type: MESSAGE.pong, session: id }, EMPTY)
        break
      default:
        throw new TypeError(`an engine takes no message of type ${type}`)
    }
  }

  #open(id: number, create: (output: SessionOutput) => Session): void {
    const output = new SessionOutput(this.#pipe, id)
    this.#name(id)
    try {
      this.#sessions.set(id, create(output))
    } catch (error) {
      output.fail(error instanceof Error ? error.message : String(error))
    }
  }

  #close(id: number): void {
    this.#sessions.get(id)?.close()
    this.#sessions.delete(id)
    this.#line.delete(id)
  }

  #hasWork(id: number): void {
    this.#line.add(id)
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#takeTurn())
  }

  #takeTurn(): void {
    this.#isScheduled = false
    const [id] = this.#line
    if (id === undefined) return
    this.#line.delete(id)
    this.#work(id)
    const [next] = this.#line
    if (next !== undefined) this.#hasWork(next)
  }

  #work(id: number): void {
    const session = this.#sessions.get(id)
    if (session === undefined) return
    this.#name(id)
    try {
      if (session.work()) this.#line.add(id)
    } catch (error) {
      new SessionOutput(this.#pipe, id).fail(error instanceof Error ? error.message : String(error))
      this.#close(id)
    }
  }

  /** Says for whom the next work is done, before it is done: if this process dies of it, the main process knows the culprit. */
  #name(id: number): void {
    if (id === this.#named) return
    this.#named = id
    sendMessage(this.#pipe, { type: MESSAGE.working, session: id }, EMPTY)
  }
}
