import { AtalayaError } from '../api/errors.ts'
import type { Gateway } from '../gateway.ts'
import type { Log } from '../telemetry/log.ts'
import type { CommandContext } from './command-context.ts'

/** Reads the configuration again at `SIGHUP`, unless that means that the terminal is gone. */
export class ReloadWishes implements Disposable {
  readonly #signals: CommandContext['signals']
  readonly #onSignal: () => void

  constructor(signals: CommandContext['signals'], reload: () => void) {
    this.#signals = signals
    this.#onSignal = reload
    signals.on('SIGHUP', this.#onSignal)
  }

  [Symbol.dispose](): void {
    this.#signals.off('SIGHUP', this.#onSignal)
  }
}

/** Never rejects: whoever runs the gateway reads in the log what became of it. */
export async function reloadAsWished(gateway: Gateway, log: Log, isAskedFor: boolean): Promise<void> {
  try {
    const { cameras, settings } = await gateway.reload()
    const isSame = [cameras.added, cameras.changed, cameras.removed, settings].every(({ length }) => length === 0)
    if (isAskedFor && isSame) log.info({}, 'the configuration was read again: nothing has changed')
  } catch (error) {
    if (!(error instanceof AtalayaError)) throw error
    if (error.code === 'no_config_file' && isAskedFor) log.info({}, error.message)
    else if (error.code !== 'bad_config') log.warn({ err: error }, 'the configuration was not read again')
  }
}
