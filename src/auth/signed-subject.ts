import { AtalayaError } from '../api/errors.ts'
import { authorize, type Rights, type Subject } from './authorize.ts'
import { keySubject } from './key-subject.ts'
import type { SignedTarget } from './signed-address.ts'
import type { SteadyClock } from './steady-clock.ts'
import type { UserStore } from './user-store.ts'
import { rightsOf } from './user-subject.ts'

/** Where the rights of the signer are looked up. */
export interface SignerSource {
  readonly store: UserStore
  readonly clock: SteadyClock
}

/** Who signs on the command line of this very machine. */
export const COMMAND_LINE = 'cli'

/**
 * What a signed address opens: one camera, for as long as the signer could do the same.
 * @throws {AtalayaError} `bad_signature` when the signer is gone
 */
export function signedSubject(by: string, { camera, action }: SignedTarget, source: SignerSource): Subject {
  const role: Rights['role'] = action === 'operate' ? 'operator' : 'pictures'
  const signer = findSigner(by, source)
  const subject: Subject = {
    way: 'address',
    name: `signed by ${signer.name}`,
    signer: undefined,
    rights: () => (authorize(signer, action, camera) === 'allowed' ? { role, cameras: new Set([camera]) } : undefined),
  }
  if (!subject.rights()) throw new AtalayaError('bad_signature')
  return subject
}

function findSigner(by: string, { store, clock }: SignerSource): Subject {
  const whole = { way: 'address', signer: undefined } as const
  if (by === COMMAND_LINE) return { ...whole, name: 'the command line', rights: () => ({ role: 'operator' }) }
  const key = store.data && Object.hasOwn(store.data.keys, by) ? store.data.keys[by] : undefined
  if (key?.kind === 'api') return keySubject(by, key, { way: 'key', store, clock })
  const find = () => Object.entries(store.data?.users ?? {}).find(([, { id }]) => id === by)
  const [name = ''] = find() ?? []
  return {
    ...whole,
    name,
    rights: () => {
      const [, user] = find() ?? []
      return user && rightsOf(user)
    },
  }
}
