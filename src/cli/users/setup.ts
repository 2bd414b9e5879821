import { addSetupLink, hasAdministrator } from '../../auth/setup-link.ts'
import { changeUserFile } from '../../auth/user-file.ts'
import { type CommandContext, CommandError, EXIT } from '../command-context.ts'
import { findUsersFile } from './find-users-file.ts'

export interface SetupOptions {
  readonly config: string | undefined
  /** Where people reach the gateway; without it where the configuration says that it listens. */
  readonly url: string | undefined
}

/**
 * Prints the link that makes the first administrator. From now on nobody gets in without logging in.
 * @throws {CommandError} when there is an administrator already
 */
export async function setup({ config, url }: SetupOptions, context: CommandContext): Promise<number> {
  const { file, address, isOpenToAll } = await findUsersFile(config, context)
  let secret = ''
  await changeUserFile(file, (data) => {
    if (hasAdministrator(data)) throw new CommandError(`There is an administrator already. ${LATER}`)
    const link = addSetupLink(data, Date.now())
    secret = link.token.reveal()
    return link.data
  })
  const base = (url ?? address).replace(/\/*$/, '/')
  context.stdout.write(`${base}setup#${secret}\n`)
  context.stderr.write(
    [
      '',
      'Open this link in a browser within 15 minutes; it works once. There you choose the name and the password of the first',
      `administrator. The gateway must run; from now on it lets in nobody who has not logged in. Users are kept in ${file}.`,
      ...(isOpenToAll ? ['', 'The configuration says auth: none, so nobody is asked to log in. Remove that line.'] : []),
      '',
    ].join('\n'),
  )
  return EXIT.fine
}

const LATER = 'More users: atalaya user add NAME --role viewer. A forgotten password: atalaya user password NAME'
