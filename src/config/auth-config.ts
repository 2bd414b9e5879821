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
  /** An identity provider says who somebody is. */
  readonly oidc: OidcConfig | undefined
}

/** Groups whose members have a role; `*` is everybody. */
export interface GroupRoles {
  readonly viewers: readonly string[]
  readonly operators: readonly string[]
  readonly admins: readonly string[]
}

/** Where people log in by OpenID Connect. */
export interface OidcConfig extends GroupRoles {
  /** A URL, as the provider writes it. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: Secret
  readonly scope: string
  /** The claim with the name of a person. */
  readonly nameClaim: string
  /** The claim with their groups. */
  readonly groupsClaim: string
}

/** How a trusted proxy says who asks. */
export interface ProxyAuthConfig extends GroupRoles {
  /** What it sends in `X-Atalaya-Proxy-Secret`, so that nobody else can pass for it. */
  readonly secret: Secret
  /** The header with the name of the user, in lower case. */
  readonly userHeader: string
  /** The header with the groups of the user, in lower case. */
  readonly groupsHeader: string
}

/** The header of the shared secret. */
export const PROXY_SECRET_HEADER = 'x-atalaya-proxy-secret'
