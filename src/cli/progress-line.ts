import type { CommandContext } from './command-context.ts'

/** What a person sees while waiting: one line on a terminal's stderr that is rewritten, and wiped in the end. */
export class ProgressLine implements Disposable {
  readonly #stderr: CommandContext['stderr']

  constructor(stderr: CommandContext['stderr']) {
    this.#stderr = stderr
  }

  /** Shows this instead of what was shown before; does nothing where nobody watches. */
  show(text: string): void {
    if (this.#stderr.isTTY) this.#stderr.write(`\r${text}\u001b[K`)
  }

  [Symbol.dispose](): void {
    if (this.#stderr.isTTY) this.#stderr.write('\r\u001b[K')
  }
}
