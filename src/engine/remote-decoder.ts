import type { AtalayaError } from '../api/errors.ts'
import { parseJpegHeader } from '../media/jpeg.ts'
import type { Packet, Track } from '../media/packet.ts'
import type { PictureCondition } from '../media/picture-condition.ts'
import type { Rendition } from '../media/rendition.ts'
import type { Decoder, DecoderOutput } from './engine.ts'
import type { EngineProcess, EngineSession } from './engine-process.ts'
import { decodePicture, decodeProgress, EMPTY, encodePacketFields, MESSAGE } from './protocol.ts'

/**
 * What an engine may have before it, of one camera: a whole group of pictures of 10 s or 8 MiB, handed over at once when
 * a viewer comes, and what arrives while that is decoded.
 */
const MAX_WAITING_PACKETS = 640
const MAX_WAITING_BYTES = 12 * 1024 * 1024

/** A decoder that lives in an engine. */
export class RemoteDecoder implements Decoder, EngineSession {
  readonly camera: string
  readonly #engine: EngineProcess
  readonly #output: DecoderOutput
  readonly #closed: () => void
  readonly #session: number
  #isClosed = false
  #isSkipping = false
  #skipped = 0
  #sentPackets = 0
  #sentBytes = 0
  #donePackets = 0
  #doneBytes = 0

  /** `closed` is called when it is closed or has failed. */
  constructor(engine: EngineProcess, place: { camera: string; track: Track; closed: () => void }, output: DecoderOutput) {
    this.camera = place.camera
    this.#engine = engine
    this.#output = output
    this.#closed = place.closed
    this.#session = engine.add(this)
    engine.send(MESSAGE.openDecoder, this.#session, Buffer.from(JSON.stringify({ codec: place.track.codec })))
  }

  get skipped(): number {
    return this.#skipped
  }

  get awaitsEngine(): boolean {
    return this.#sentPackets > this.#donePackets
  }

  /** Its work was begun and is not done. */
  get isSuspect(): boolean {
    return this.awaitsEngine
  }

  setRenditions(renditions: ReadonlyMap<number, Rendition>): void {
    if (this.#isClosed) return
    this.#engine.send(MESSAGE.setRenditions, this.#session, Buffer.from(JSON.stringify([...renditions])))
  }

  push(packet: Packet, sequence: number, catchUp: boolean): void {
    if (this.#isClosed) return
    if (this.#mustSkip(packet)) {
      this.#skipped++
      return
    }
    this.#sentPackets++
    this.#sentBytes += packet.data.length
    const { pts, dts, capturedAt, keyframe, data } = packet
    const fields = encodePacketFields({ sequence, pts, dts, capturedAt, keyframe, catchUp })
    this.#engine.send(MESSAGE.decode, this.#session, fields, data)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#engine.send(MESSAGE.close, this.#session, EMPTY)
    this.#engine.remove(this.#session)
    this.#closed()
  }

  receive(type: number, body: Buffer): void {
    if (type === MESSAGE.done) {
      const { packets, bytes, cost } = decodeProgress(body)
      this.#donePackets = packets
      this.#doneBytes = bytes
      this.#output.packetDone?.(cost)
    } else if (type === MESSAGE.condition) {
      this.#output.condition(body.toString() as PictureCondition)
    } else if (type === MESSAGE.picture) {
      const { rendition, ...picture } = decodePicture(body)
      // One broken part would leave a broken image in a browser for ever.
      if (parseJpegHeader(picture.data)) this.#output.picture(rendition, picture)
    }
  }

  failed(error: AtalayaError): void {
    this.#isClosed = true
    this.#closed()
    this.#output.failed(error)
  }

  #mustSkip(packet: Packet): boolean {
    const isFull =
      this.#sentPackets - this.#donePackets >= MAX_WAITING_PACKETS || this.#sentBytes - this.#doneBytes >= MAX_WAITING_BYTES
    this.#isSkipping = isFull || (this.#isSkipping && !packet.keyframe)
    return this.#isSkipping
  }
}
