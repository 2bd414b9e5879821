import type { Role } from '../../auth/authorize.ts'
import { makeUser, userExists } from '../../auth/setup-link.ts'
import { changeUserFile, findUser, readUserFile, type UserData } from '../../auth/user-file.ts'
import { CAMERA_ID } from '../../config/schema.ts'
import { type CommandContext, CommandError, EXIT, UsageError } from '../command-context.ts'
import { findUsersFile } from './find-users-file.ts'
import { formatTable } from './format-table.ts'
import { readPassword } from './read-password.ts'

export const USER_ACTIONS = ['add', 'list', 'remove', 'password'] as const

export interface UserOptions {
  readonly action: (typeof USER_ACTIONS)[number]
  readonly name: string | undefined
  readonly config: string | undefined
  readonly role: Role | undefined
  readonly cameras: readonly string[] | undefined
  readonly generate: boolean
  readonly fromStdin: boolean
}

/**
 * Adds, lists, changes and removes users. A gateway that runs takes notice within a second or two.
 * @throws {UsageError | CommandError | AtalayaError}
 */
export async function user(options: UserOptions, context: CommandContext): Promise<number> {
  const { file } = await findUsersFile(options.config, context)
  if (options.action === 'list') return list(file, context)
  const { name } = options
  if (name === undefined) throw new UsageError(`Say who: atalaya user ${options.action} NAME`)
  if (options.action === 'remove') return remove(name, file, context)
  return options.action === 'add' ? add(name, file, options, context) : changePassword(name, file, options, context)
}

async function add(name: string, file: string, options: UserOptions, context: CommandContext): Promise<number> {
  const { role = 'viewer', cameras } = options
  if (role === 'admin' && cameras) throw new UsageError('An administrator sees all cameras: leave --cameras out.')
  const refuse = (data: UserData | undefined) => {
    if (data && userExists(data, name)) throw new CommandError(`There is a user ${name} already.`)
  }
  refuse(await readUserFile(file))
  const { password, isGenerated } = await readPassword(options, context)
  const entry = await makeUser({ name, password, role, cameras, now: Date.now() })
  await changeUserFile(file, (data) => {
    refuse(data)
    return { ...data, users: { ...data.users, [name]: entry } }
  })
  if (isGenerated) context.stdout.write(`${password.reveal()}\n`)
  const what = cameras ? `cameras ${cameras.join(', ')}` : 'all cameras'
  context.stderr.write(`${name} is ${ARTICLE[role]} of ${what}.${isGenerated ? SHOWN_ONCE : ''}\n`)
  return EXIT.fine
}

async function changePassword(name: string, file: string, options: UserOptions, context: CommandContext): Promise<number> {
  const missing = () => new CommandError(`There is no user ${name}. Who there is: atalaya user list`)
  if (!findUser(await readUserFile(file), name)) throw missing()
  const { password, isGenerated } = await readPassword(options, context)
  const { password: hash } = await makeUser({ name, password, role: 'viewer', cameras: undefined, now: Date.now() })
  await changeUserFile(file, (data) => {
    const present = findUser(data, name)
    if (!present) throw missing()
    return { ...data, users: { ...data.users, [name]: { ...present, password: hash } } }
  })
  if (isGenerated) context.stdout.write(`${password.reveal()}\n`)
  context.stderr.write(`${name} has a new password; what was open with the former one ends.${isGenerated ? SHOWN_ONCE : ''}\n`)
  return EXIT.fine
}

async function remove(name: string, file: string, context: CommandContext): Promise<number> {
  await changeUserFile(file, (data) => {
    if (!userExists(data, name)) throw new CommandError(`There is no user ${name}. Who there is: atalaya user list`)
    const { [name]: _, ...users } = data.users
    return { ...data, users }
  })
  context.stderr.write(`${name} is removed; what is open ends within a few seconds.\n`)
  return EXIT.fine
}

async function list(file: string, { stdout, stderr }: CommandContext): Promise<number> {
  const users = Object.entries((await readUserFile(file))?.users ?? {})
  if (users.length === 0) stderr.write('There are no users yet. The first administrator: atalaya setup\n')
  stdout.write(formatTable(users.map(([name, { role, cameras }]) => [name, role, cameras?.join(',') ?? 'all cameras'])))
  return EXIT.fine
}

/** Takes `--cameras 1,2` apart. */
export function parseCameras(text: string): readonly string[] {
  const ids = text.split(',').map((id) => id.trim())
  const wrong = ids.find((id) => !CAMERA_ID.test(id))
  if (wrong !== undefined)
    throw new UsageError(`--cameras takes ids of cameras with commas between them, such as 1,2; "${wrong}" is none.`)
  return ids
}

const ARTICLE: Readonly<Record<Role, string>> = { viewer: 'a viewer', operator: 'an operator', admin: 'an administrator' }
const SHOWN_ONCE = ' The password is shown this once.'
