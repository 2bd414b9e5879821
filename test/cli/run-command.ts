import { EventEmitter } from 'node:events'
import { runCli } from '../../src/cli/run-cli.ts'

export interface CommandRun {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** What went to stdout, as it is. */
  readonly bytes: Buffer
}

export interface CommandSettings {
  readonly folder: string
  readonly environment?: Readonly<Record<string, string>>
  /** Both streams are a terminal. */
  readonly isTTY?: boolean
  /** Where signals come from. */
  readonly signals?: EventEmitter
}

/** Runs `atalaya` with these arguments in this process. */
export async function runCommand(args: readonly string[], settings: CommandSettings): Promise<CommandRun> {
  const { folder, environment = {}, isTTY = false, signals = new EventEmitter() } = settings
  const streams = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  const output = (kept: Buffer[]) => ({
    isTTY,
    write: (data: string | Uint8Array, done?: () => void) => {
      kept.push(Buffer.from(data))
      done?.()
    },
  })
  const exitCode = await runCli(args, {
    stdout: output(streams.stdout),
    stderr: output(streams.stderr),
    environment,
    folder,
    signals,
    platform: 'linux',
  })
  const bytes = Buffer.concat(streams.stdout)
  return { exitCode, stdout: bytes.toString(), stderr: Buffer.concat(streams.stderr).toString(), bytes }
}
