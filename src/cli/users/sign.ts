import { LONGEST_SIGNATURE_MS, signAddress } from '../../auth/signed-address.ts'
import { COMMAND_LINE } from '../../auth/signed-subject.ts'
import { readUserFile } from '../../auth/user-file.ts'
import { type CommandContext, CommandError, EXIT, UsageError } from '../command-context.ts'
import { findUsersFile } from './find-users-file.ts'

export interface SignOptions {
  /** Path and query, such as `/camera/1?width=640`. */
  readonly address: string
  readonly forMs: number
  readonly config: string | undefined
}

/**
 * Prints a signed address. The gateway need not run for that.
 * @throws {UsageError | CommandError | AtalayaError}
 */
export async function sign({ address, forMs, config }: SignOptions, context: CommandContext): Promise<number> {
  if (forMs > LONGEST_SIGNATURE_MS)
    throw new UsageError('--for can be 7d at most; what lasts longer gets an embed key: atalaya key embed')
  const place = await findUsersFile(config, context)
  const data = await readUserFile(place.file)
  if (!data)
    throw new CommandError('There are no users yet, so nothing needs to be signed. The first administrator: atalaya setup')
  const signed = signAddress(address, { key: data.signingKey, by: COMMAND_LINE, now: Date.now(), forMs })
  context.stdout.write(`${place.address.replace(/\/$/, '')}${signed}\n`)
  return EXIT.fine
}
