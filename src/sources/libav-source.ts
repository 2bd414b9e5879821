import type { AtalayaError } from '../api/errors.ts'
import type { Engines, InputRequest } from '../engine/engine.ts'
import type { Log } from '../telemetry/log.ts'
import type { Source, SourceOutput } from './source.ts'

export interface LibavSourceSettings {
  readonly engines: Engines
  /** What is opened, found out at each connection; rejects where there is nothing to open. */
  readonly request: () => Promise<InputRequest>
  readonly log: Log
}

/** Whatever libav reads: it does so in an engine of its own, and hands the packets back. */
export class LibavSource implements Source {
  readonly #settings: LibavSourceSettings

  constructor(settings: LibavSourceSettings) {
    this.#settings = settings
  }

  async run(output: SourceOutput, signal: AbortSignal): Promise<void> {
    const { engines, log } = this.#settings
    const request = await this.#settings.request()
    if (signal.aborted) return
    let end: (error?: AtalayaError) => void = () => undefined
    const ended = new Promise<AtalayaError | undefined>((resolve) => {
      end = resolve
    })
    const stop = () => end()
    signal.addEventListener('abort', stop)
    try {
      const input = await engines.openInput(request, {
        track: (track) => output.track(track),
        packet: (packet) => output.packet(packet),
        failed: end,
      })
      log.debug({ kind: request.kind, name: request.name }, 'libav reads')
      const error = await ended
      await input.close()
      if (error !== undefined) throw error
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
}
