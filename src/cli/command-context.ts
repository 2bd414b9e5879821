/** What a command needs of the process it runs in. */
export interface CommandContext {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean }
  readonly stderr: { write(text: string): unknown }
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The current folder. */
  readonly folder: string
  /** Where `SIGINT` and `SIGTERM` arrive. */
  readonly signals: Pick<NodeJS.EventEmitter, 'on' | 'off'>
  readonly platform: NodeJS.Platform
}

/** What the command ends with; `--help` lists them. */
export const EXIT = { fine: 0, failed: 1, usage: 2, badConfig: 78 } as const

/** The command line itself is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
