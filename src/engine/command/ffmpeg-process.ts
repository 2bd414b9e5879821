import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { processEnvironment } from '../process-environment.ts'
import type { FfmpegCommand } from './ffmpeg-command.ts'

/** How a command ended. */
export interface CommandEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** It was killed from here. */
  readonly isOurs: boolean
}

/** What a command is started with. */
export interface CommandOptions {
  /** How many pipes it writes to besides its standard error; the first is its descriptor 3. */
  readonly outputs: number
  /**
   * Killed when this process is gone, even while it waits for a camera and neither reads nor writes. What reads packets
   * from its standard input ends by itself then.
   */
  readonly isGuarded?: boolean
}

/** One running `ffmpeg`. It gets no signal of the terminal, and its standard input is ours: it ends when that does. */
export class FfmpegProcess {
  /** Settles when it is gone and all that it wrote was read. */
  readonly ended: Promise<CommandEnd>
  readonly #child: ChildProcess
  #isKilled = false
  #isGone = false

  constructor(command: FfmpegCommand, args: readonly string[], { outputs, isGuarded = false }: CommandOptions) {
    const guarded = isGuarded && process.platform !== 'win32'
    const pipes = Array.from({ length: guarded ? outputs + 1 : outputs }, () => 'pipe' as const)
    const [program, all] = guarded
      ? ['/bin/sh', ['-c', GUARD.replaceAll('FD', `${3 + outputs}`), 'sh', command.path, ...args]]
      : [command.path, args]
    this.#child = spawn(program, all, {
      stdio: ['pipe', 'ignore', 'pipe', ...pipes],
      env: processEnvironment(),
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
    // A broken pipe is not the news: the end of the process follows, and is.
    for (const stream of this.#child.stdio) stream?.on('error', () => undefined)
    this.ended = new Promise((resolve) => {
      const settle = (code: number | null, signal: NodeJS.Signals | null) => {
        this.#isGone = true
        resolve({ code, signal, isOurs: this.#isKilled })
      }
      this.#child.once('close', settle)
      // A guard that was killed would leave its command behind.
      if (guarded) this.#child.once('exit', () => this.#signal('SIGKILL'))
      this.#child.once('error', () => {
        if (this.#child.pid === undefined) settle(127, null)
      })
    })
  }

  get pid(): number | undefined {
    return this.#isGone ? undefined : this.#child.pid
  }

  get stdin(): Writable {
    return this.#child.stdin as Writable
  }

  get stderr(): Readable {
    return this.#child.stderr as Readable
  }

  /** A pipe that it writes to; the first is number 0. */
  output(index: number): Readable {
    return this.#child.stdio[3 + index] as Readable
  }

  /** Asks it to end as a user would, so that it says goodbye to a camera. */
  terminate(): void {
    this.#isKilled = true
    this.#signal('SIGTERM')
  }

  /** Ends it by force. */
  kill(): void {
    this.#isKilled = true
    this.#signal('SIGKILL')
  }

  /** To all of its group: with a guard it is a grandchild. */
  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid === undefined || this.#isGone) return
    try {
      if (process.platform === 'win32') this.#child.kill(signal)
      else process.kill(-pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // it has just ended
    }
  }
}

/**
 * Runs a command and, beside it, a reader of a pipe that nobody writes to: that ends when the other end of the pipe is gone
 * in whatever way, and then the command is killed. The end of the command ends the reader.
 */
const GUARD = `
trap '' TERM
exec 9<&0
(trap - TERM; exec "$@" <&9 FD<&-) & command=$!
(read -r _ <&FD; kill -KILL $command) >/dev/null 2>&1 9<&- & guard=$!
exec 9<&-
wait $command; status=$?
kill -KILL $guard 2>/dev/null
exit $status
`
