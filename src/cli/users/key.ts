import type { Role } from '../../auth/authorize.ts'
import { makeKey } from '../../auth/keys.ts'
import { changeUserFile, type KeyEntry, readUserFile } from '../../auth/user-file.ts'
import { isNetwork } from '../../config/proxy-settings.ts'
import { type CommandContext, CommandError, EXIT, UsageError } from '../command-context.ts'
import { findUsersFile } from './find-users-file.ts'
import { formatTable } from './format-table.ts'

export const KEY_ACTIONS = ['add', 'embed', 'list', 'remove'] as const

export interface KeyOptions {
  readonly action: (typeof KEY_ACTIONS)[number]
  /** What people call the key; to remove one, its id. */
  readonly name: string | undefined
  readonly config: string | undefined
  readonly role: Role | undefined
  readonly cameras: readonly string[] | undefined
  /** Milliseconds; absent: for ever. */
  readonly forMs: number | undefined
  readonly origins: readonly string[]
  readonly networks: readonly string[]
}

/**
 * Makes, lists and takes back keys: those for programs, and those in the address of an `<img>`. A gateway that runs takes notice
 * within a second or two.
 * @throws {UsageError | CommandError | AtalayaError}
 */
export async function key(options: KeyOptions, context: CommandContext): Promise<number> {
  const { file, address } = await findUsersFile(options.config, context)
  if (options.action === 'list') return list(file, context)
  const { name } = options
  if (name === undefined) throw new UsageError(`Say which: atalaya key ${options.action} NAME`)
  if (options.action === 'remove') return remove(name, file, context)
  const { key: secret, entry } = await make(name, file, options)
  const isEmbed = entry.kind === 'embed'
  context.stdout.write(isEmbed ? `${address}camera/${entry.cameras?.[0]}?embed=${secret}\n` : `${secret}\n`)
  context.stderr.write(isEmbed ? EMBED_HINT : KEY_HINT)
  return EXIT.fine
}

async function make(name: string, file: string, options: KeyOptions): Promise<{ key: string; entry: KeyEntry }> {
  check(options)
  const kind = options.action === 'embed' ? 'embed' : 'api'
  const { id, key: secret, hash } = makeKey(kind)
  const now = Date.now()
  const entry: KeyEntry = {
    name: name.slice(0, 100),
    kind,
    role: kind === 'embed' ? 'viewer' : (options.role ?? 'viewer'),
    cameras: options.cameras ?? null,
    hash,
    created: new Date(now).toISOString(),
    expires: options.forMs === undefined ? null : new Date(now + options.forMs).toISOString(),
    networks: options.networks,
    origins: options.origins.map((origin) => new URL(origin).origin),
  }
  await changeUserFile(file, (data) => ({ ...data, keys: { ...data.keys, [id]: entry } }))
  return { key: secret.reveal(), entry }
}

function check({ action, role, cameras, origins, networks }: KeyOptions): void {
  const network = networks.find((one) => !isNetwork(one))
  if (network !== undefined)
    throw new UsageError(`--from takes an IP address or a network, such as 192.168.50.0/24; "${network}" is none.`)
  const origin = origins.find((one) => !/^https?:\/\/[^/]+\/?$/.test(one) || !URL.canParse(one))
  if (origin !== undefined)
    throw new UsageError(`--origin takes the origin of a page, such as https://lab.example; "${origin}" is none.`)
  if (role === 'admin' && cameras) throw new UsageError('An administrator sees all cameras: leave --cameras out.')
  if (action !== 'embed') return
  if (cameras?.length !== 1) throw new UsageError('An embed key is for one camera: --cameras 1')
  if (role !== undefined) throw new UsageError('An embed key shows pictures and no more: leave --role out.')
  if (origins.length + networks.length === 0) {
    throw new UsageError('Say in which page or network it counts: --origin https://lab.example or --from 192.168.50.0/24')
  }
}

async function remove(id: string, file: string, context: CommandContext): Promise<number> {
  await changeUserFile(file, (data) => {
    if (!Object.hasOwn(data.keys, id)) throw new CommandError(`There is no key ${id}. Which there are: atalaya key list`)
    const { [id]: _, ...keys } = data.keys
    return { ...data, keys }
  })
  context.stderr.write(`Key ${id} is taken back; what is open with it ends within a few seconds.\n`)
  return EXIT.fine
}

async function list(file: string, { stdout, stderr }: CommandContext): Promise<number> {
  const keys = Object.entries((await readUserFile(file))?.keys ?? {})
  if (keys.length === 0) stderr.write('There are no keys yet. One for a program: atalaya key add NAME --role viewer\n')
  stdout.write(
    formatTable(
      keys.map(([id, { name, kind, role, cameras, expires, origins, networks }]) => [
        id,
        name,
        kind === 'embed' ? 'embed' : role,
        cameras?.join(',') ?? 'all cameras',
        expires ? `until ${expires.slice(0, 10)}` : 'no end',
        [...origins, ...networks].join(',') || 'from anywhere',
      ]),
    ),
  )
  return EXIT.fine
}

const KEY_HINT = 'The key is shown this once. Programs send it as a header: Authorization: Bearer atk_…\n'
const EMBED_HINT =
  'The address is shown this once; it is for the src of an <img>, and may have ?width= and the like beside its key.\n'
