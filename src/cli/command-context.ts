/** What a command needs of the process it runs in. */
export interface CommandContext {
  readonly stdout: Output
  readonly stderr: Output
  /** Where answers are typed; none where nobody can answer. */
  readonly stdin?: Input
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The current folder. */
  readonly folder: string
  /** Where `SIGINT` and `SIGTERM` arrive. */
  readonly signals: Pick<NodeJS.EventEmitter, 'on' | 'off'>
  readonly platform: NodeJS.Platform
}

/** Standard input. */
export type Input = Pick<NodeJS.ReadStream, 'on' | 'off' | 'pause' | 'resume' | 'isTTY'> &
  Partial<Pick<NodeJS.ReadStream, 'setRawMode'>> &
  AsyncIterable<unknown>

/** One of the standard streams. */
export interface Output {
  /** @param done called when the operating system has taken it all. */
  write(data: string | Uint8Array, done?: (error?: Error | null) => void): unknown
  /** A person sees what is written. */
  readonly isTTY?: boolean
}

/** What the command ends with; `--help` lists them. */
export const EXIT = { fine: 0, failed: 1, usage: 2, badConfig: 78 } as const

/** The command line itself is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command could not do what it was asked to; the message says why: exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}
