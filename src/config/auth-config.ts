import type { Secret } from '../lib/secret.ts'

/** The file of users and keys, beside the configuration unless `auth.users` names another. */
export const USERS_FILE = 'atalaya.users.json'

/** Who gets in, and how, beside the users of the file. */
export interface AuthConfig {
  /** The file of users and keys, where it is not the usual one. */
  readonly users: string | undefined
  /** Networks whose people see everything and change nothing, without logging in. */
  readonly viewers: readonly string[]
  /** Old clients may send a name and a password with each request. */
  readonly basic: boolean
  /** A proxy in front says who asks. */
  readonly proxy: ProxyAuthConfig | undefined
}

/** How a trusted proxy says who asks. */
export interface ProxyAuthConfig {
  /** What it sends in `X-Atalaya-Proxy-Secret`, so that nobody else can pass for it. */
  readonly secret: Secret
  /** The header with the name of the user, in lower case. */
  readonly userHeader: string
  /** The header with the groups of the user, in lower case. */
  readonly groupsHeader: string
  /** Groups whose members have a role; `*` is everybody whom the proxy lets through. */
  readonly viewers: readonly string[]
  readonly operators: readonly string[]
  readonly admins: readonly string[]
}

/** The header of the shared secret. */
export const PROXY_SECRET_HEADER = 'x-atalaya-proxy-secret'
