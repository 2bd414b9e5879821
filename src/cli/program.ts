import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { VERSION } from '../gateway.ts'
import { LOG_LEVELS, type LogLevel } from '../telemetry/pino-log.ts'
import { check } from './check.ts'
import { type CommandContext, UsageError } from './command-context.ts'
import { SHELLS, type Shell } from './completion/describe-program.ts'
import { formatCompletion } from './completion/format-completion.ts'
import { discover } from './discover.ts'
import { importConfig } from './import/import-config.ts'
import { serve } from './serve.ts'
import { snapshot } from './snapshot.ts'
import { addUserCommands } from './users/user-commands.ts'

/**
 * The whole command line: help, shell completion and docs/command-line.md all say what is declared here.
 * @param end takes the exit code of the command that ran.
 */
export function createProgram(context: CommandContext, end: (code: number) => void): Command {
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
  addServe(program, context, end)
  addCheck(program, context, end)
  addDiscover(program, context, end)
  addSnapshot(program, context, end)
  addDemo(program, context, end)
  addImport(program, context, end)
  addUserCommands(program, context, end)
  addCompletion(program, context)
  return program
}

function addServe(program: Command, context: CommandContext, end: (code: number) => void): void {
  const serving = program
    .command('serve')
    .argument('[SOURCE...]', 'addresses of cameras: rtsp://…, http://…, file:…, 0 (USB), test:clock; they get the ids 1, 2, …')
    .summary('serve cameras')
    .description('Serves cameras until Ctrl+C: those that are named, else those of the configuration, else demo cameras.')
    .option('-c, --config <FILE>', 'the configuration (without it: atalaya.yaml, .yml or .json of this folder, if there is one)')
  addServerOptions(serving)
    .addHelpText('after', SERVE_HELP)
    .action(async (sources: string[], options: ServerOptions & { config?: string }) => {
      end(await serve({ ...serverOptions(options, context), sources, file: options.config, demo: false }, context))
    })
}

function addCheck(program: Command, context: CommandContext, end: (code: number) => void): void {
  program
    .command('check')
    .argument('[FILE...]', 'the configuration (without it: the one of this folder), or addresses of cameras to open')
    .summary('check a configuration, or cameras')
    .description(
      'Validates a configuration without serving: says what is in it, or everything that is wrong. No secret is shown.',
    )
    .option('--connect', 'open every camera, 15 s at most, and say what it sends and what to change in it')
    .option('--json', 'answer in JSON, for programs')
    .addHelpText('after', CHECK_HELP)
    .action(async (targets: string[], { connect = false, json = false }: { connect?: boolean; json?: boolean }) => {
      end(await check({ targets, connect, json }, context))
    })
}

function addDiscover(program: Command, context: CommandContext, end: (code: number) => void): void {
  program
    .command('discover')
    .summary('find cameras in the network')
    .description('Asks the network for ONVIF cameras and prints the lines that atalaya.yaml needs for them.')
    .option('--user <USER>', 'log in at each camera and list what it offers; the password is CAMERA_PASSWORD of the environment')
    .option('--seconds <SECONDS>', 'wait so long for answers', wholeNumber(1, 60), 3)
    .option('--json', 'answer in JSON, for programs')
    .action(async ({ user, seconds, json = false }: { user?: string; seconds: number; json?: boolean }) => {
      end(await discover({ json, user, seconds }, context))
    })
}

function addSnapshot(program: Command, context: CommandContext, end: (code: number) => void): void {
  program
    .command('snapshot')
    .argument('<CAMERA>', 'the id of a camera of the configuration, or an address')
    .summary('take one picture')
    .description('Takes one JPEG of a camera. No gateway has to run: the camera is opened for it.')
    .option('-o, --output <FILE>', 'write it there; - or nothing: to stdout, where that is no terminal')
    .option('-c, --config <FILE>', 'the configuration that the id is looked up in (without it: the one of this folder)')
    .option('--width <PIXELS>', 'fit it into this width, its shape kept; never larger than the camera sends', parseSize)
    .option('--height <PIXELS>', 'fit it into this height, likewise', parseSize)
    .option('--quality <QUALITY>', 'JPEG quality, 1 to 100 (default 80)', parseQuality)
    .option('--wait <SECONDS>', 'give up after so long', parseWait, 10)
    .addHelpText('after', SNAPSHOT_HELP)
    .action(async (camera: string, options: SnapshotFlags) => {
      const { output, config, width, height, quality, wait } = options
      end(await snapshot({ camera, output, config, width, height, quality, wait }, context))
    })
}

interface SnapshotFlags {
  readonly output?: string
  readonly config?: string
  readonly width?: number
  readonly height?: number
  readonly quality?: number
  readonly wait: number
}

function addDemo(program: Command, context: CommandContext, end: (code: number) => void): void {
  addServerOptions(program.command('demo'))
    .summary('serve two demo cameras')
    .description('Serves two cameras of generated pictures: a first look without any hardware.')
    .action(async (options: ServerOptions) => {
      end(await serve({ ...serverOptions(options, context), sources: [], file: undefined, demo: true }, context))
    })
}

function addImport(program: Command, context: CommandContext, end: (code: number) => void): void {
  program
    .command('import')
    .argument('<FILE...>', 'config.py of a Flask service, go2rtc.yaml, mediamtx.yml, or camera*.conf of motion')
    .summary("make a configuration of another service's")
    .description(
      "Makes atalaya.yaml of another service's configuration. The file is read, never run; what cannot be carried over is said line by line.",
    )
    .option('-o, --output <FILE>', 'write it there, readable by you alone (without it: to stdout, passwords hidden)')
    .option('--force', 'write over a file that exists')
    .addHelpText('after', IMPORT_HELP)
    .action(async (files: string[], { output, force = false }: { output?: string; force?: boolean }) => {
      end(await importConfig({ files, output, force }, context))
    })
}

function addCompletion(program: Command, context: CommandContext): void {
  program
    .command('completion')
    .addArgument(new Argument('<SHELL>', 'bash, zsh or fish').choices(SHELLS))
    .summary('print completion for your shell')
    .description('Prints a script that completes commands, options and file names when you press Tab.')
    .addHelpText('after', COMPLETION_HELP)
    .action((shell: Shell) => {
      context.stdout.write(formatCompletion(shell, program))
    })
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

const parsePort = wholeNumber(0, 65_535)
const parseSize = wholeNumber(16, 8192)
const parseQuality = wholeNumber(1, 100)
const parseWait = wholeNumber(1, 300)

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,5}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text)
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}

function parseLogLevel(text: string | undefined): LogLevel {
  if (!text) return 'info'
  const level = LOG_LEVELS.find((known) => known === text.toLowerCase())
  if (level === undefined) throw new UsageError(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}.`)
  return level
}

const SERVE_HELP = `
Examples:
  atalaya serve                                            what atalaya.yaml of this folder says
  atalaya serve rtsp://user:password@192.168.1.20:554/     one camera, no file needed
  atalaya serve test:clock --port 8007                     generated pictures on another port
  atalaya serve --config lab.yaml --host 0.0.0.0 --auth none   for everybody in the network

A password on the command line can be read by others on this machine; in a configuration it can be \${NAME} or \${file:/path}.
`

const CHECK_HELP = `
Examples:
  atalaya check                                            is atalaya.yaml of this folder right?
  atalaya check --connect                                  and does every camera give pictures? what should be changed in it?
  atalaya check rtsp://user:password@192.168.1.20:554/     what does this camera send?

With --connect, and for addresses, it ends with 1 when a camera gives no picture.
`

const SNAPSHOT_HELP = `
Examples:
  atalaya snapshot door -o door.jpg                        camera door of atalaya.yaml
  atalaya snapshot test:clock -o clock.jpg --width 320
  atalaya snapshot door | display -                        to another program
`

const IMPORT_HELP = `
Examples:
  atalaya import config.py                                 look first: passwords are hidden
  atalaya import config.py -o atalaya.yaml                 write it, with passwords, readable by you alone
  atalaya import /etc/motion/camera*.conf -o atalaya.yaml

What config.py takes from the environment stays there: os.environ.get('X', 'y') becomes \${X:-y}.
`

const COMPLETION_HELP = `
Examples:
  source <(atalaya completion bash)                        for this shell; the line may go into ~/.bashrc
  atalaya completion zsh > ~/.zfunc/_atalaya               a folder of your fpath
  atalaya completion fish > ~/.config/fish/completions/atalaya.fish
`

const HELP = `
Examples:
  atalaya demo                                             two demo cameras at http://127.0.0.1:5000/
  atalaya serve rtsp://user:password@192.168.1.20:554/     one camera at http://127.0.0.1:5000/camera/1
  atalaya check --connect                                  is atalaya.yaml of this folder right, and do its cameras work?
  atalaya serve                                            serve what it says
  atalaya setup                                            from now on people log in; make the first administrator
  atalaya import config.py -o atalaya.yaml                 come from another service

Exit codes:
  0  fine      1  failed      2  wrong usage      78  bad configuration

Documentation: docs/command-line.md, docs/configuration.md, docs/coming-from.md (each also as .es.md, en español)
`
