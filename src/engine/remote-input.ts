import { AtalayaError } from '../api/errors.ts'
import type { Track } from '../media/packet.ts'
import { micros } from '../media/time.ts'
import type { Input, InputOutput, InputRequest } from './engine.ts'
import type { EngineProcess, EngineSession } from './engine-process.ts'
import { decodePacket, EMPTY, type Failure, MESSAGE, readJson } from './protocol.ts'

/** So long a closed input may take to let go; then its process is killed, which nobody else uses. */
const CLOSE_TIMEOUT_MS = 80

/** What libav reads in an engine that has nothing else to do. */
export class RemoteInput implements Input, EngineSession {
  readonly camera: string
  /** Nothing else goes on in its engine. */
  readonly isSuspect = true
  /** It waits for a camera: its silence says nothing about the engine. */
  readonly awaitsEngine = false
  readonly #engine: EngineProcess
  readonly #output: InputOutput
  readonly #closed: () => void
  readonly #session: number
  readonly #ended = openGate()
  #track: Track | undefined
  #lastDts = micros(Number.MIN_SAFE_INTEGER)
  #isClosing = false
  #isGone = false

  /** `closed` is called when it is closed or has failed. */
  constructor(engine: EngineProcess, place: { request: InputRequest; closed: () => void }, output: InputOutput) {
    this.camera = place.request.name
    this.#engine = engine
    this.#output = output
    this.#closed = place.closed
    this.#session = engine.add(this)
    engine.send(MESSAGE.openInput, this.#session, Buffer.from(JSON.stringify(place.request)))
  }

  async close(): Promise<void> {
    this.#isClosing = true
    if (this.#isGone) return
    this.#engine.send(MESSAGE.close, this.#session, EMPTY)
    const timer = setTimeout(() => void this.#engine.kill(), CLOSE_TIMEOUT_MS)
    await this.#ended.opened
    clearTimeout(timer)
  }

  receive(type: number, body: Buffer): void {
    if (type === MESSAGE.inputEnded) this.#end(readJson<Failure | null>(body))
    else if (this.#isClosing) return
    else if (type === MESSAGE.inputTrack) {
      this.#track = readJson<Track>(body)
      this.#output.track(this.#track)
    } else if (type === MESSAGE.inputPacket && this.#track) {
      const { pts, dts, capturedAt, keyframe, data } = decodePacket(body)
      // libav's first timestamps of a camera step back.
      this.#lastDts = micros(Math.max(dts, this.#lastDts + 1))
      const shown = micros(Math.max(pts, this.#lastDts))
      this.#output.packet({ track: this.#track, data, pts: shown, dts: this.#lastDts, keyframe, capturedAt })
    }
  }

  failed(error: AtalayaError): void {
    this.#isGone = true
    this.#closed()
    this.#ended.open()
    if (!this.#isClosing) this.#output.failed(error)
  }

  #end(failure: Failure | null): void {
    this.#engine.remove(this.#session)
    this.failed(new AtalayaError(failure?.code ?? 'closed', failure?.message))
  }
}

function openGate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
