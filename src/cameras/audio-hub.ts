import type { AudioPacket, AudioTrack } from '../media/audio.ts'
import { millis } from '../media/time.ts'

/** Takes the audio of a stream as it comes. It must not block. */
export type AudioTaker = (packet: AudioPacket) => void

/** The audio of one stream: what came last, and who takes it. */
export class AudioHub {
  #recent: AudioPacket[] = []
  #bytes = 0
  readonly #takers = new Set<AudioTaker>()

  /** Undefined while there is none. */
  get track(): AudioTrack | undefined {
    return this.#recent.at(-1)?.track
  }

  /** The last 10 s, 1 MiB at most, so that one who begins at the last keyframe has the audio that belongs to it. */
  get recent(): readonly AudioPacket[] {
    return this.#recent
  }

  receive(packet: AudioPacket): void {
    if (packet.track !== this.track) this.clear()
    this.#recent.push(packet)
    this.#bytes += packet.data.length
    while (this.#isTooMuch(packet)) this.#bytes -= this.#recent.shift()?.data.length ?? 0
    for (const take of [...this.#takers]) take(packet)
  }

  /** Hands over all that comes from now on, until the returned function is called. */
  subscribe(taker: AudioTaker): () => void {
    this.#takers.add(taker)
    return () => this.#takers.delete(taker)
  }

  /** The connection is lost. */
  clear(): void {
    this.#recent = []
    this.#bytes = 0
  }

  #isTooMuch({ pts }: AudioPacket): boolean {
    const [oldest] = this.#recent
    if (!oldest || this.#recent.length === 1) return false
    return this.#bytes > MAX_BYTES || this.#recent.length > MAX_PACKETS || pts - oldest.pts > SPAN
  }
}

/** As much as the GOP cache holds of the video. */
const SPAN = millis(10_000)
const MAX_BYTES = 1024 * 1024
/** Opus has the shortest frames: 2.5 ms. */
const MAX_PACKETS = 4096
