import { EXIT } from './command-context.ts'

/** What a failure that nobody expected looks like to a user: one line; its stack only where the log level is `debug`. */
export function formatUnexpected(error: unknown, wantsStack: boolean): string {
  const message = error instanceof Error ? error.message : String(error)
  const stack = wantsStack && error instanceof Error ? `${error.stack}\n` : ''
  return `Something went wrong in the gateway: ${message}\n${stack}`
}

/** Whether stacks are asked for, by `--log-level debug` or `LOG_LEVEL`. */
export function wantsStacks(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): boolean {
  const option = args.findIndex((arg) => arg === '--log-level' || arg.startsWith('--log-level='))
  if (option >= 0) return args[option] === '--log-level=debug' || args[option + 1] === 'debug'
  return environment['LOG_LEVEL']?.toLowerCase() === 'debug'
}

/** Ends the process in one line on an error that nothing caught, and lets it live on when nobody reads its output any more. */
export function installLastResort(host: NodeJS.Process, args: readonly string[]): void {
  const fail = (error: unknown) => {
    host.stderr.write(formatUnexpected(error, wantsStacks(args, host.env)))
    host.exit(EXIT.failed)
  }
  host.on('uncaughtException', fail)
  host.on('unhandledRejection', fail)
  for (const stream of [host.stdout, host.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') fail(error)
    })
  }
}
