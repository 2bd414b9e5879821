import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { AtalayaError } from '../api/errors.ts'
import { VERSION } from '../gateway.ts'
import { LOG_LEVELS, type LogLevel } from '../telemetry/pino-log.ts'
import { check } from './check.ts'
import { type CommandContext, EXIT, UsageError } from './command-context.ts'
import { formatUnexpected, wantsStacks } from './last-resort.ts'
import { serve } from './serve.ts'

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

function createProgram(context: CommandContext, end: (code: number) => void): Command {
  const program = new Command('atalaya')
    .description('Live-video gateway: cameras in, live pictures in any web page out.')
    .version(VERSION, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      // `--password=secret` is no option, and must not be repeated
      outputError: (text, write) => write(text.replace(/'(-[^'=]*)=[^']*'/, "'$1'")),
    })
    .addHelpText('after', HELP)

  const serving = program
    .command('serve')
    .argument('[SOURCE...]', 'addresses of cameras: rtsp://…, test:clock, test:smpte; they get the ids 1, 2, …')
    .summary('serve cameras')
    .description('Serves cameras until Ctrl+C: those that are named, else those of the configuration, else demo cameras.')
    .option('-c, --config <FILE>', 'the configuration (without it: atalaya.yaml, .yml or .json of this folder, if there is one)')
  addServerOptions(serving)
    .addHelpText('after', SERVE_HELP)
    .action(async (sources: string[], options: ServerOptions & { config?: string }) => {
      end(await serve({ ...serverOptions(options, context), sources, file: options.config, demo: false }, context))
    })

  program
    .command('check')
    .argument('[FILE]', 'the configuration (without it: the one of this folder)')
    .summary('check a configuration')
    .description(
      'Validates a configuration without serving: says what is in it, or everything that is wrong. No secret is shown.',
    )
    .option('--json', 'answer in JSON, for programs')
    .action(async (file: string | undefined, options: { json?: boolean }) => {
      end(await check({ file, json: options.json ?? false }, context))
    })

  addServerOptions(program.command('demo'))
    .summary('serve two demo cameras')
    .description('Serves two cameras of generated pictures: a first look without any hardware.')
    .action(async (options: ServerOptions) => {
      end(await serve({ ...serverOptions(options, context), sources: [], file: undefined, demo: true }, context))
    })
  return program
}

interface ServerOptions {
  readonly host?: string
  readonly port?: number
  readonly auth?: 'none'
  readonly logLevel?: LogLevel
}

function addServerOptions(command: Command): Command {
  return command
    .option('--host <HOST>', 'listen on this address (default 127.0.0.1: this machine only)')
    .option('-p, --port <PORT>', 'listen on this port (default 5000; 0: any that is free)', parsePort)
    .addOption(
      new Option('--auth <WORD>', 'none: let everybody in who reaches the port; needed for other hosts').choices(['none']),
    )
    .addOption(new Option('--log-level <LEVEL>', 'how much to log (default LOG_LEVEL, else info)').choices(LOG_LEVELS))
}

function serverOptions({ host, port, auth, logLevel }: ServerOptions, { environment }: CommandContext) {
  return { overrides: { host, port, auth }, logLevel: logLevel ?? parseLogLevel(environment['LOG_LEVEL']) }
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535.')
  return Number(text)
}

function parseLogLevel(text: string | undefined): LogLevel {
  if (!text) return 'info'
  const level = LOG_LEVELS.find((known) => known === text.toLowerCase())
  if (level === undefined) throw new UsageError(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}.`)
  return level
}

function report(error: unknown, args: readonly string[], { stderr, environment }: CommandContext): number {
  if (error instanceof UsageError) {
    stderr.write(`${error.message}\n`)
    return EXIT.usage
  }
  if (error instanceof AtalayaError) {
    stderr.write(`${error.message}\n`)
    return error.code === 'bad_config' ? EXIT.badConfig : EXIT.failed
  }
  stderr.write(formatUnexpected(error, wantsStacks(args, environment)))
  return EXIT.failed
}

const SERVE_HELP = `
Examples:
  atalaya serve                                            what atalaya.yaml of this folder says
  atalaya serve rtsp://user:password@192.168.1.20:554/     one camera, no file needed
  atalaya serve test:clock --port 8007                     generated pictures on another port
  atalaya serve --config lab.yaml --host 0.0.0.0 --auth none   for everybody in the network

A password on the command line can be read by others on this machine; in a configuration it can be \${NAME} or \${file:/path}.
`

const HELP = `
Examples:
  atalaya demo                                             two demo cameras at http://127.0.0.1:5000/
  atalaya serve rtsp://user:password@192.168.1.20:554/     one camera at http://127.0.0.1:5000/camera/1
  atalaya check                                            is atalaya.yaml of this folder right?
  atalaya serve                                            serve what it says

Exit codes:
  0  fine      1  failed      2  wrong usage      78  bad configuration

Documentation: docs/configuration.md (docs/configuration.es.md en español)
`
