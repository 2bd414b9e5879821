import type { AtalayaError } from '../../src/api/errors.ts'
import type { Track } from '../../src/media/packet.ts'
import { millis, now } from '../../src/media/time.ts'
import type { Reception, Source, SourceOutput } from '../../src/sources/source.ts'

/** A source that does what the test says, when it says so. */
export class ScriptedSource implements Source {
  track: Track = { codec: 'h264', width: 640, height: 360, fps: 25 }
  /** The size of each packet; 0: as long as its number. */
  packetBytes = 0
  /** What every packet holds, instead of its number. */
  still: Buffer | undefined
  reception: Reception | undefined
  /** How often it was run, and how many runs go on at this moment. */
  runs = 0
  running = 0
  #output: SourceOutput | undefined
  #fail: (error: AtalayaError) => void = () => undefined
  #frame = 0

  async run(output: SourceOutput, signal: AbortSignal): Promise<void> {
    this.runs++
    this.running++
    try {
      await new Promise<void>((resolve, reject) => {
        if (signal.aborted) return resolve()
        this.#output = output
        this.#fail = reject
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
    } finally {
      this.running--
      this.#output = undefined
    }
  }

  get isConnected(): boolean {
    return this.#output !== undefined
  }

  describe(): void {
    this.#output?.track(this.track)
  }

  /** Delivers the next packet; its bytes are its number. */
  packet(keyframe = false): void {
    const time = millis(this.#frame * 40)
    const name = String(this.#frame++)
    const data = this.still ?? (this.packetBytes ? Buffer.alloc(this.packetBytes, name) : Buffer.from(name))
    this.#output?.packet({ track: this.track, data, pts: time, dts: time, keyframe, capturedAt: now() })
  }

  fail(error: AtalayaError): void {
    this.#fail(error)
  }
}
