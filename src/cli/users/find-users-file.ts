import { dirname, resolve } from 'node:path'
import { readConfigDocument } from '../../config/config-document.ts'
import { DEFAULTS } from '../../config/defaults.ts'
import { usersFileOf } from '../../config/load-config.ts'
import { readConfigText } from '../../config/read-config-text.ts'
import { substitute } from '../../config/substitution.ts'
import { addressesOf } from '../addresses.ts'
import { type CommandContext, CommandError } from '../command-context.ts'
import { findConfigFile } from '../find-config-file.ts'

/** The users of a configuration, and the address under which its gateway is reached from this machine. */
export interface UsersPlace {
  readonly file: string
  /** Ends with a slash. */
  readonly address: string
  /** `auth: none`: nobody is asked who they are. */
  readonly isOpenToAll: boolean
}

/**
 * Where users are kept. The configuration is looked into for that alone: it need not be right in all else, nor its secrets be there.
 * @param file the configuration; without it the one of the current folder, or that folder where it has none
 */
export async function findUsersFile(file: string | undefined, context: CommandContext): Promise<UsersPlace> {
  const { folder, environment } = context
  const named = file ?? findConfigFile(folder)
  if (named === undefined) return { file: usersFileOf({ auth: undefined }, folder), address: addressFor({}), isOpenToAll: false }
  const path = resolve(folder, named)
  const text = await readConfigText(path)
  const document = readConfigDocument(text, (scalar) => {
    const read = substitute(scalar, { environment, folder: dirname(path) })
    return 'value' in read ? read : { value: '' }
  })
  if (document.hasSyntaxProblem) throw new CommandError(`${named} cannot be read; atalaya check says what is wrong in it.`)
  const { auth, server, basePath, tls } = groupOf(document.value)
  const { users } = groupOf(auth)
  const place = { viewers: [], basic: false, proxy: undefined, oidc: undefined, users: textOf(users) }
  return {
    file: usersFileOf({ auth: place }, dirname(path)),
    address: addressFor({ ...groupOf(server), basePath, tls }),
    isOpenToAll: auth === 'none',
  }
}

function addressFor({ host, port, basePath, tls }: Record<string, unknown>): string {
  const parts = { basePath: textOf(basePath), isSecure: tls !== undefined && tls !== null }
  const [address = ''] = addressesOf(textOf(host) ?? DEFAULTS.host, Number(port) || DEFAULTS.port, parts)
  return address
}

function groupOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
