import type { AtalayaError } from '../api/errors.ts'
import type { Engines, TestPattern } from '../engine/engine.ts'
import type { Track } from '../media/packet.ts'
import type { Log } from '../telemetry/log.ts'
import type { Source, SourceOutput } from './source.ts'

/** Generated pictures, for demonstrations and for trying things out without a camera. */
export class TestSource implements Source {
  readonly #engines: Engines
  readonly #pattern: TestPattern
  readonly #log: Log

  constructor({ engines, pattern, log }: { readonly engines: Engines; readonly pattern: TestPattern; readonly log: Log }) {
    this.#engines = engines
    this.#pattern = pattern
    this.#log = log
  }

  async run(output: SourceOutput, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { width, height, fps } = this.#pattern
    let end: (error?: AtalayaError) => void = () => undefined
    const ended = new Promise<AtalayaError | undefined>((resolve) => {
      end = resolve
    })
    const stop = () => end()
    signal.addEventListener('abort', stop)
    try {
      const track: Track = { codec: 'h264', width, height, fps }
      output.track(track)
      const generator = await this.#engines.openGenerator(this.#pattern, {
        packet: (packet) => {
          if (!signal.aborted) output.packet({ ...packet, track })
        },
        failed: end,
      })
      this.#log.debug({ width, height, fps }, 'the test pattern runs')
      const error = await ended
      generator.close()
      if (error !== undefined) throw error
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
}
