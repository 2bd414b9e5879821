import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { AtalayaError } from '../api/errors.ts'
import { PROXY_SECRET_HEADER, type ProxyAuthConfig } from '../config/auth-config.ts'
import type { Subject } from './authorize.ts'
import { roleOfGroups } from './group-role.ts'
import { findUser } from './user-file.ts'
import type { UserStore } from './user-store.ts'
import { rightsOf } from './user-subject.ts'

/**
 * Whom a trusted proxy names; undefined: nobody. A user of ours of that name has the rights of the file, another one those of
 * the groups.
 * @throws {AtalayaError} `bad_key` when the proxy does not know the secret
 */
export function proxySubject(headers: IncomingHttpHeaders, proxy: ProxyAuthConfig, store: UserStore): Subject | undefined {
  const name = headers[proxy.userHeader]
  if (typeof name !== 'string' || name === '') return undefined
  const secret = headers[PROXY_SECRET_HEADER]
  if (typeof secret !== 'string' || !isSame(secret, proxy.secret.reveal())) {
    throw new AtalayaError('bad_key', 'The proxy in front did not send the secret that it shares with this gateway.')
  }
  const groups = String(headers[proxy.groupsHeader] ?? '')
    .split(/[,;|]/)
    .map((group) => group.trim())
  const byGroup = roleOfGroups(groups, proxy)
  return {
    way: 'proxy',
    name: name.slice(0, 100),
    signer: findUser(store.data, name)?.id,
    rights: () => {
      const user = findUser(store.data, name)
      return user ? rightsOf(user) : byGroup
    },
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}
