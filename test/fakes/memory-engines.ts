import { AtalayaError } from '../../src/api/errors.ts'
import type { Decoder, DecoderOutput, Engines, Generator, Input, Notice } from '../../src/engine/engine.ts'
import type { Packet, Track } from '../../src/media/packet.ts'
import type { Rendition } from '../../src/media/rendition.ts'

/** Engines without pixels: each packet becomes a "picture" that holds the packet's bytes, at once. */
export class MemoryEngines implements Engines {
  readonly decoders: MemoryDecoder[] = []
  opened = 0
  /** Why no decoder is given any more. */
  refusal: AtalayaError | undefined

  async openDecoder(camera: string, track: Track, output: DecoderOutput): Promise<Decoder> {
    await Promise.resolve()
    if (this.refusal) throw this.refusal
    this.opened++
    const decoder = new MemoryDecoder(camera, track, output, () => this.decoders.splice(this.decoders.indexOf(decoder), 1))
    this.decoders.push(decoder)
    return decoder
  }

  openGenerator(): Promise<Generator> {
    return Promise.reject(new AtalayaError('engine_unavailable'))
  }

  openInput(): Promise<Input> {
    return Promise.reject(new AtalayaError('engine_unavailable'))
  }

  /** The "picture" is the text. */
  drawNotice({ lines, ground }: Notice): Promise<Buffer> {
    return Promise.resolve(Buffer.from(`${lines.join(' | ')} on ${ground?.toString() ?? 'nothing'}`))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const decoder of [...this.decoders]) decoder.close()
  }
}

export class MemoryDecoder implements Decoder {
  readonly camera: string
  readonly track: Track
  readonly output: DecoderOutput
  readonly pushed: { sequence: number; keyframe: boolean; catchUp: boolean }[] = []
  readonly skipped = 0
  renditions: ReadonlyMap<number, Rendition> = new Map()
  readonly #onClose: () => void
  #newest: { packet: Packet; sequence: number } | undefined

  constructor(camera: string, track: Track, output: DecoderOutput, onClose: () => void) {
    this.camera = camera
    this.track = track
    this.output = output
    this.#onClose = onClose
  }

  setRenditions(renditions: ReadonlyMap<number, Rendition>): void {
    const known = this.renditions
    this.renditions = renditions
    if (this.#newest)
      this.#show(
        this.#newest,
        [...renditions].filter(([key]) => !known.has(key)),
      )
  }

  push(packet: Packet, sequence: number, catchUp: boolean): void {
    this.pushed.push({ sequence, keyframe: packet.keyframe, catchUp })
    this.#newest = { packet, sequence }
    if (!catchUp) this.#show(this.#newest, [...this.renditions])
  }

  /** As if the engine process had been killed. */
  crash(): void {
    this.#onClose()
    this.output.failed(new AtalayaError('internal_error', 'The engine ended unexpectedly.'))
  }

  close(): void {
    this.#onClose()
  }

  #show({ packet, sequence }: { packet: Packet; sequence: number }, renditions: [number, Rendition][]): void {
    const { data, capturedAt } = packet
    for (const [key, { width, height }] of renditions) this.output.picture(key, { data, width, height, sequence, capturedAt })
  }
}
