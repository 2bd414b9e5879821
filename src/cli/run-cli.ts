import { CommanderError } from 'commander'
import { AtalayaError } from '../api/errors.ts'
import { type CommandContext, CommandError, EXIT, UsageError } from './command-context.ts'
import { formatUnexpected, wantsStacks } from './last-resort.ts'
import { createProgram } from './program.ts'

/** Runs the command with the arguments behind its name. Resolves with the exit code; never rejects, never shows a stack. */
export async function runCli(args: readonly string[], context: CommandContext): Promise<number> {
  let exitCode: number = EXIT.fine
  const program = createProgram(context, (code) => {
    exitCode = code
  })
  try {
    if (args[0]?.includes('://')) throw new UsageError('Put serve in front: atalaya serve, and then the addresses of cameras.')
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage
    return report(error, args, context)
  }
}

function report(error: unknown, args: readonly string[], { stderr, environment }: CommandContext): number {
  if (error instanceof UsageError) {
    stderr.write(`${error.message}\n`)
    return EXIT.usage
  }
  if (error instanceof CommandError) {
    stderr.write(`${error.message}\n`)
    return EXIT.failed
  }
  if (error instanceof AtalayaError) {
    stderr.write(`${error.message}\n`)
    return error.code === 'bad_config' ? EXIT.badConfig : EXIT.failed
  }
  stderr.write(formatUnexpected(error, wantsStacks(args, environment)))
  return EXIT.failed
}
