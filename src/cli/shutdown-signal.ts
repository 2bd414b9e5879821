import type { CommandContext } from './command-context.ts'

/**
 * Waits for the wish to end: resolves with the first `SIGINT` or `SIGTERM`, or `SIGHUP` where that is one. A second one calls `atOnce`.
 * Listens from the moment it is made, so that a signal during start-up is not lost.
 */
export class ShutdownSignal implements Disposable {
  readonly received: Promise<NodeJS.Signals>
  readonly #signals: CommandContext['signals']
  readonly #onSignal: (signal: NodeJS.Signals) => void
  readonly #onHangUp: (signal: NodeJS.Signals) => void

  constructor(signals: CommandContext['signals'], atOnce: () => void, isHangUpTheEnd: () => boolean = () => false) {
    let isFirst = true
    let resolve: (signal: NodeJS.Signals) => void
    this.received = new Promise((resolveReceived) => {
      resolve = resolveReceived
    })
    this.#onSignal = (signal) => {
      if (!isFirst) atOnce()
      isFirst = false
      resolve(signal)
    }
    this.#onHangUp = (signal) => isHangUpTheEnd() && this.#onSignal(signal)
    this.#signals = signals
    signals.on('SIGHUP', this.#onHangUp)
    for (const name of ['SIGINT', 'SIGTERM']) signals.on(name, this.#onSignal)
  }

  [Symbol.dispose](): void {
    this.#signals.off('SIGHUP', this.#onHangUp)
    for (const name of ['SIGINT', 'SIGTERM']) this.#signals.off(name, this.#onSignal)
  }
}
