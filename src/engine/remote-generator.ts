import type { AtalayaError } from '../api/errors.ts'
import type { Track } from '../media/packet.ts'
import type { Generator, GeneratorOutput, TestPattern } from './engine.ts'
import type { EngineProcess, EngineSession } from './engine-process.ts'
import { decodePacket, EMPTY, MESSAGE } from './protocol.ts'

/** A generator of test pictures that lives in an engine. */
export class RemoteGenerator implements Generator, EngineSession {
  readonly camera = undefined
  readonly isSuspect = false
  /** It works by itself all the time, unless its pictures are rarer than the signs of life that are expected. */
  readonly awaitsEngine: boolean
  readonly #engine: EngineProcess
  readonly #track: Track
  readonly #output: GeneratorOutput
  readonly #closed: () => void
  readonly #session: number
  #isClosed = false

  /** `closed` is called when it is closed or has failed. */
  constructor(engine: EngineProcess, place: { pattern: TestPattern; closed: () => void }, output: GeneratorOutput) {
    const { pattern } = place
    this.awaitsEngine = pattern.fps >= 1
    this.#engine = engine
    this.#track = { codec: 'h264', width: pattern.width, height: pattern.height, fps: pattern.fps }
    this.#output = output
    this.#closed = place.closed
    this.#session = engine.add(this)
    engine.send(MESSAGE.openGenerator, this.#session, Buffer.from(JSON.stringify(pattern)))
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#engine.send(MESSAGE.close, this.#session, EMPTY)
    this.#engine.remove(this.#session)
    this.#closed()
  }

  receive(type: number, body: Buffer): void {
    if (type !== MESSAGE.generated) return
    const { pts, capturedAt, keyframe, data } = decodePacket(body)
    this.#output.packet({ track: this.#track, data, pts, dts: pts, keyframe, capturedAt })
  }

  failed(error: AtalayaError): void {
    this.#isClosed = true
    this.#closed()
    this.#output.failed(error)
  }
}
