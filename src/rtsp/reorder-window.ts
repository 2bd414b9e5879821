/**
 * Puts RTP packets that overtook each other back into their order. What comes in order passes at once; behind a gap packets
 * wait for the missing one, until too many wait or they have waited too long: then it is lost.
 */
export class ReorderWindow {
  readonly #pass: (packet: Buffer) => void
  /** By sequence number, what came too early. */
  readonly #waiting = new Map<number, Buffer>()
  #next: number | undefined
  #ssrc = 0
  #timer: NodeJS.Timeout | undefined

  /** @param pass takes each packet in its turn. */
  constructor(pass: (packet: Buffer) => void) {
    this.#pass = pass
  }

  /** Takes a packet, which is kept and must not be written to afterwards. Repeated ones, and those that are too late, are passed over. */
  push(packet: Buffer): void {
    if (packet.length < RTP_HEADER_BYTES) return
    const sequence = packet.readUInt16BE(2)
    const ssrc = packet.readUInt32BE(8)
    if (this.#next === undefined || ssrc !== this.#ssrc) this.#begin(sequence, ssrc)
    const step = (sequence - (this.#next ?? sequence)) & 0xffff
    if (step === 0) this.#deliver(packet)
    else if (step < AHEAD) this.#wait(sequence, packet)
    else if (step < 0x10000 - BEHIND) this.#restart(sequence, ssrc, packet)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#waiting.clear()
  }

  #begin(sequence: number, ssrc: number): void {
    this.#flush()
    this.#next = sequence
    this.#ssrc = ssrc
  }

  /** A long way off is a camera that began to count anew. */
  #restart(sequence: number, ssrc: number, packet: Buffer): void {
    this.#begin(sequence, ssrc)
    this.#deliver(packet)
  }

  #wait(sequence: number, packet: Buffer): void {
    this.#waiting.set(sequence, packet)
    if (this.#waiting.size > MAX_WAITING) this.#skip()
    else this.#timer ??= setTimeout(() => this.#skip(), MAX_WAIT_MS)
  }

  #deliver(packet: Buffer): void {
    this.#pass(packet)
    for (;;) {
      this.#next = ((this.#next ?? 0) + 1) & 0xffff
      const following = this.#waiting.get(this.#next)
      if (!following) break
      this.#waiting.delete(this.#next)
      this.#pass(following)
    }
    if (this.#waiting.size > 0) return
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** The missing packet is given up; the timer goes on where there is another gap behind. */
  #skip(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const from = this.#next ?? 0
    const nearest = Math.min(...[...this.#waiting.keys()].map((sequence) => (sequence - from) & 0xffff))
    const packet = this.#waiting.get((from + nearest) & 0xffff)
    if (!packet) return
    this.#next = (from + nearest) & 0xffff
    this.#waiting.delete(this.#next)
    this.#deliver(packet)
    if (this.#waiting.size > 0) this.#timer ??= setTimeout(() => this.#skip(), MAX_WAIT_MS)
  }

  /** What waits belongs to a sender that is gone. */
  #flush(): void {
    while (this.#waiting.size > 0) this.#skip()
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

const RTP_HEADER_BYTES = 12
const AHEAD = 0x4000
const BEHIND = 100
/** A keyframe of 4 Mbit/s has some hundred packets; networks swap neighbours. */
const MAX_WAITING = 32
const MAX_WAIT_MS = 50
