import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { ROLES, type Role } from '../../auth/authorize.ts'
import { parseDuration } from '../../lib/parse-duration.ts'
import type { CommandContext } from '../command-context.ts'
import { KEY_ACTIONS, type KeyOptions, key } from './key.ts'
import { setup } from './setup.ts'
import { sign } from './sign.ts'
import { parseCameras, USER_ACTIONS, type UserOptions, user } from './user.ts'

/** Adds `setup`, `user`, `key` and `sign`: who gets in. */
export function addUserCommands(program: Command, context: CommandContext, end: (code: number) => void): void {
  program
    .command('setup')
    .summary('make the first administrator')
    .description('Prints a link that makes the first administrator; it works once, for 15 minutes. From then on people log in.')
    .addOption(configOption())
    .option('--url <URL>', 'where people reach the gateway, for the link (without it: where the configuration says)')
    .addHelpText('after', SETUP_HELP)
    .action(async ({ config, url }: { config?: string; url?: string }) => {
      end(await setup({ config, url }, context))
    })

  program
    .command('user')
    .addArgument(new Argument('<ACTION>', 'add, list, remove or password').choices(USER_ACTIONS))
    .argument('[NAME]', 'of the user')
    .summary('add, list and remove users')
    .description('Adds, lists and removes users, or gives one a new password. A gateway that runs takes notice by itself.')
    .addOption(roleOption())
    .addOption(camerasOption())
    .option('--generate', 'make a password up and print it, instead of asking')
    .option('--password-stdin', 'take the password from the first line of standard input')
    .addOption(configOption())
    .addHelpText('after', USER_HELP)
    .action(async (action: UserOptions['action'], name: string | undefined, flags: UserFlags) => {
      const { role, cameras, generate = false, passwordStdin: fromStdin = false, config } = flags
      end(await user({ action, name, role, cameras, generate, fromStdin, config }, context))
    })

  program
    .command('key')
    .addArgument(new Argument('<ACTION>', 'add, embed, list or remove').choices(KEY_ACTIONS))
    .argument('[NAME]', 'what it is for; to remove one, its id')
    .summary('make keys for programs and pages')
    .description(
      'Makes keys for programs (add) and for the address of an <img> that stays open for weeks (embed), lists them, takes them back.',
    )
    .addOption(roleOption())
    .addOption(camerasOption())
    .option('--for <SPAN>', 'it expires after so long, such as 12h or 90d (without it: never)', parseSpan)
    .option('--from <NETWORK>', 'it counts from this address or network only; may be repeated', collect, [])
    .option(
      '--origin <ORIGIN>',
      'it counts in pages of this origin only, such as https://lab.example; may be repeated',
      collect,
      [],
    )
    .addOption(configOption())
    .addHelpText('after', KEY_HELP)
    .action(async (action: KeyOptions['action'], name: string | undefined, flags: KeyFlags) => {
      const { role, cameras, for: forMs, from: networks, origin: origins, config } = flags
      end(await key({ action, name, role, cameras, forMs, networks, origins, config }, context))
    })

  program
    .command('sign')
    .argument('<PATH>', 'path and parameters, such as /camera/1 or /camera/1/snapshot?width=640')
    .summary('sign an address')
    .description('Prints an address that opens one camera without a login, for players and messages. The gateway need not run.')
    .option('--for <SPAN>', 'it can be opened for so long, such as 90s, 5m or 2h; 7d at most', parseSpan, 300_000)
    .addOption(configOption())
    .addHelpText('after', SIGN_HELP)
    .action(async (address: string, { for: forMs, config }: { for: number; config?: string }) => {
      end(await sign({ address, forMs, config }, context))
    })
}

interface UserFlags {
  readonly role?: Role
  readonly cameras?: readonly string[]
  readonly generate?: boolean
  readonly passwordStdin?: boolean
  readonly config?: string
}

interface KeyFlags {
  readonly role?: Role
  readonly cameras?: readonly string[]
  readonly for?: number
  readonly from: readonly string[]
  readonly origin: readonly string[]
  readonly config?: string
}

function configOption(): Option {
  return new Option('-c, --config <FILE>', 'the configuration whose gateway it is (without it: the one of this folder)')
}

function roleOption(): Option {
  return new Option(
    '--role <ROLE>',
    'viewer sees, operator also stops and moves cameras, admin does everything (default viewer)',
  ).choices(ROLES)
}

function camerasOption(): Option {
  return new Option('--cameras <IDS>', 'only these cameras exist for it, such as 1,2 (without it: all)').argParser(parseCameras)
}

function parseSpan(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new InvalidArgumentError('It must be a number with s, m, h or d, such as 5m.')
  return ms
}

function collect(value: string, former: readonly string[]): readonly string[] {
  return [...former, value]
}

const SETUP_HELP = `
Examples:
  atalaya setup                                            a link such as http://127.0.0.1:5000/setup#…
  atalaya setup --url https://cams.lab.example/            the same for a gateway behind a proxy
`

const USER_HELP = `
Examples:
  atalaya user add ana --role operator                     asks for a password
  atalaya user add guest --cameras 1,2 --generate          sees two cameras; the password is printed
  atalaya user password ana
  atalaya user list
  atalaya user remove guest
`

const KEY_HELP = `
Examples:
  atalaya key add grafana --role viewer --for 365d         printed once; sent as Authorization: Bearer …
  atalaya key embed arena --cameras 1 --origin https://lab.example
  atalaya key embed hall --cameras 2 --from 192.168.50.0/24
  atalaya key list
  atalaya key remove 3f2a9c01
`

const SIGN_HELP = `
Examples:
  atalaya sign /camera/1 --for 5m                          for a player: ffplay, VLC, a link in a message
  atalaya sign '/camera/1/snapshot?width=640' --for 1h
`
