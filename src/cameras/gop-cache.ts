import type { Packet } from '../media/packet.ts'
import { type Micros, millis } from '../media/time.ts'

/** A packet with its number in the camera's life. */
export interface NumberedPacket {
  readonly packet: Packet
  readonly sequence: number
}

/**
 * The packets since the last keyframe, so that a decoder can start at once instead of waiting for the next one. It holds
 * at most 8 MiB or 10 s; of a longer group of pictures it keeps the keyframe alone, which still gives a first picture.
 */
export class GopCache {
  #packets: NumberedPacket[] = []
  #bytes = 0
  #isComplete = true

  add(numbered: NumberedPacket): void {
    const { packet } = numbered
    if (packet.keyframe) this.clear()
    else if (this.#packets.length === 0 || !this.#isComplete) return
    this.#packets.push(numbered)
    this.#bytes += packet.data.length
    if (this.#isTooLarge(packet)) this.#giveUp()
  }

  /** The keyframe and what followed it, to the present moment if `isComplete`. */
  get packets(): readonly NumberedPacket[] {
    return this.#packets
  }

  /** False when the group of pictures outgrew the cache: what follows the keyframe is missing. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  clear(): void {
    this.#packets = []
    this.#bytes = 0
    this.#isComplete = true
  }

  #isTooLarge(newest: Packet): boolean {
    const oldest = this.#packets[0]?.packet ?? newest
    return this.#bytes > GOP_CACHE_BYTES || newest.dts - oldest.dts > GOP_CACHE_SPAN
  }

  #giveUp(): void {
    this.#packets.length = 1
    this.#bytes = this.#packets[0]?.packet.data.length ?? 0
    this.#isComplete = false
  }
}

const GOP_CACHE_BYTES = 8 * 1024 * 1024
const GOP_CACHE_SPAN: Micros = millis(10_000)
