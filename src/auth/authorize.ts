/** What a person or a key may be: each may do all that the one before may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const

export type Role = (typeof ROLES)[number]

/**
 * What a request is for. `watch`: pictures; `view`: states too; `operate`: stop, start and move cameras; `admin`: change
 * what cameras there are; `public`: nothing that needs a rule.
 */
export type Action = 'public' | 'watch' | 'view' | 'operate' | 'admin'

/** What a subject may do at this moment. */
export interface Rights {
  /** `pictures` is less than any role of a person: an address of pictures that was given away. */
  readonly role: Role | 'pictures'
  /** The cameras that exist for it; absent: all. */
  readonly cameras?: ReadonlySet<string> | undefined
}

/** Who asks. */
export interface Subject {
  /** How it got in; `ambient` ways are those that a browser takes by itself, for whatever page. */
  readonly way: 'open' | 'session' | 'key' | 'address' | 'embed' | 'basic' | 'proxy' | 'network'
  /** For people to read: the name of a user, of a key, of a network. */
  readonly name: string
  /** What it signs addresses with: the id of a user or of a key; absent for those who cannot. */
  readonly signer: string | undefined
  /** Asked again for as long as a stream is open; undefined when nothing is left of the rights. */
  rights(): Rights | undefined
}

/** `hidden` must look to the subject as if the camera did not exist. */
export type Decision = 'allowed' | 'forbidden' | 'hidden' | 'revoked'

/** The one rule of the house, asked by every route and, for as long as anybody watches, by the hub of the viewers. */
export function authorize(subject: Subject, action: Action, camera?: string): Decision {
  if (action === 'public') return 'allowed'
  const rights = subject.rights()
  if (!rights) return 'revoked'
  if (camera !== undefined && rights.cameras && !rights.cameras.has(camera)) return 'hidden'
  return RANK[rights.role] >= NEEDED[action] ? 'allowed' : 'forbidden'
}

/** Whether the subject may; shorter than {@link authorize} where the reason does not matter. */
export function may(subject: Subject, action: Action, camera?: string): boolean {
  return authorize(subject, action, camera) === 'allowed'
}

/** Everybody, where nobody has to log in: a gateway of this machine only, or `auth: none`. */
export const EVERYBODY: Subject = { way: 'open', name: 'everybody', signer: undefined, rights: () => ({ role: 'admin' }) }

const RANK: Readonly<Record<Rights['role'], number>> = { pictures: 1, viewer: 2, operator: 3, admin: 4 }
const NEEDED: Readonly<Record<Exclude<Action, 'public'>, number>> = { watch: 1, view: 2, operate: 3, admin: 4 }
