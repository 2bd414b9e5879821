import { AtalayaError } from '../api/errors.ts'
import { type Action, authorize, type Subject } from '../auth/authorize.ts'
import type { Registry } from './registry.ts'

/**
 * Throws unless the subject may. A camera that it may not know of looks like one that does not exist, to the letter.
 * @param camera the one that it is about, where it is about one
 * @throws {AtalayaError} `camera_not_found`, `forbidden`, `login_required`
 */
export function checkAccess(subject: Subject, action: Action, camera: string | undefined, cameras: Pick<Registry, 'has'>): void {
  const decision = authorize(subject, action, camera)
  const isRestricted = subject.rights()?.cameras !== undefined
  if (decision === 'hidden' || (camera !== undefined && isRestricted && !cameras.has(camera))) {
    throw new AtalayaError('camera_not_found')
  }
  if (decision === 'forbidden') throw new AtalayaError('forbidden', `${WHAT[action]} ${subject.name} may not.`)
  if (decision === 'revoked') throw new AtalayaError('login_required')
}

const WHAT: Readonly<Record<Action, string>> = {
  public: 'Anybody may do this;',
  watch: 'Watching this camera needs the role viewer;',
  view: 'Seeing the states needs the role viewer;',
  operate: 'Stopping, starting and moving cameras needs the role operator;',
  admin: 'This needs the role admin;',
}
