import type { GroupRoles } from '../config/auth-config.ts'
import type { Rights } from './authorize.ts'

/** What the members of these groups may do, when somebody else says who is in which; undefined: nothing. */
export function roleOfGroups(groups: readonly string[], { admins, operators, viewers }: GroupRoles): Rights | undefined {
  const isIn = (list: readonly string[]) => list.some((group) => group === '*' || groups.includes(group))
  if (isIn(admins)) return { role: 'admin' }
  if (isIn(operators)) return { role: 'operator' }
  return isIn(viewers) ? { role: 'viewer' } : undefined
}
