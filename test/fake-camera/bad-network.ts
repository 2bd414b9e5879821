import { SeededRandom } from '../fuzz/seeded-random.ts'

/** What a network does to packets, by chance, the same in each run with the same seed. */
export interface NetworkFaults {
  /** The share of packets that get lost, from 0 to 1. */
  readonly loss?: number
  /** The share that is overtaken by the packet behind it. */
  readonly reorder?: number
  /** The share that comes twice. */
  readonly duplicate?: number
  /** How long every packet takes, in milliseconds. */
  readonly delayMs?: number
  readonly seed?: number
}

/** Packets on their way through a bad network. */
export class BadNetwork {
  faults: NetworkFaults
  /** Told of each packet, and whether it gets lost. */
  onPacket: (packet: Buffer, isLost: boolean) => void = () => undefined
  readonly #random: SeededRandom
  #overtaken: (() => void) | undefined
  #lost = 0

  constructor(faults: NetworkFaults) {
    this.faults = faults
    this.#random = new SeededRandom(faults.seed ?? 1)
  }

  /** Packets that got lost. */
  get lost(): number {
    return this.#lost
  }

  /** Lets a packet through: not at all, once or twice, at once or later. */
  pass(packet: Buffer, deliver: () => void): void {
    const { loss = 0, reorder = 0, duplicate = 0, delayMs = 0 } = this.faults
    const isLost = this.#happens(loss)
    this.onPacket(packet, isLost)
    if (isLost) {
      this.#lost++
      return
    }
    const send = delayMs > 0 ? () => void setTimeout(deliver, delayMs) : deliver
    const waiting = this.#overtaken
    if (waiting === undefined && this.#happens(reorder)) {
      this.#overtaken = send
      return
    }
    this.#overtaken = undefined
    send()
    if (this.#happens(duplicate)) send()
    waiting?.()
  }

  #happens(share: number): boolean {
    return this.#random.next() / 2 ** 32 < share
  }
}
