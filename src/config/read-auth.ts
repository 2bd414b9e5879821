import type * as z from 'zod'
import { Secret } from '../lib/secret.ts'
import type { AuthConfig, OidcConfig, ProxyAuthConfig } from './auth-config.ts'
import type { Findings } from './findings.ts'
import { isLoopback } from './loopback.ts'
import { readNetworks } from './proxy-settings.ts'
import type { authSchema } from './schema.ts'

type AuthObject = z.output<typeof authSchema>

/** The group `auth`, whose form is checked already. */
export function readAuth(auth: AuthObject, trustedProxies: readonly string[], findings: Findings): AuthConfig {
  return {
    viewers: readNetworks(auth.viewers ?? [], ['auth', 'viewers'], findings),
    users: auth.users,
    basic: auth.basic ?? false,
    proxy: auth.proxy && readProxy(auth.proxy, trustedProxies, findings),
    oidc: auth.oidc && readOidc(auth.oidc, findings),
  }
}

function readProxy(
  proxy: NonNullable<AuthObject['proxy']>,
  trustedProxies: readonly string[],
  findings: Findings,
): ProxyAuthConfig | undefined {
  if (trustedProxies.length === 0) {
    findings.problem(['auth', 'proxy'], 'needs the address of the proxy in trustedProxies, such as trustedProxies: [127.0.0.1]')
  }
  const { secret = '', user = 'X-Forwarded-User', groups = 'X-Forwarded-Groups', viewers, operators, admins } = proxy
  if (secret.length < SHORTEST_SECRET) {
    findings.problem(['auth', 'proxy', 'secret'], `must be at least ${SHORTEST_SECRET} characters that nobody can guess`)
  }
  for (const [key, header] of Object.entries({ user, groups })) {
    if (!HEADER_NAME.test(header))
      findings.problem(['auth', 'proxy', key], 'must be the name of a header, such as X-Forwarded-User')
  }
  return {
    secret: new Secret(secret),
    userHeader: user.toLowerCase(),
    groupsHeader: groups.toLowerCase(),
    viewers: viewers ?? [],
    operators: operators ?? [],
    admins: admins ?? [],
  }
}

function readOidc(oidc: NonNullable<AuthObject['oidc']>, findings: Findings): OidcConfig | undefined {
  const { issuer = '', clientId = '', clientSecret = '', scope = 'openid profile email', name, groups } = oidc
  if (!isIssuer(issuer)) {
    findings.problem(
      ['auth', 'oidc', 'issuer'],
      'must be the https:// address of the provider; http:// only on this very machine',
    )
    return undefined
  }
  if (clientId === '') findings.problem(['auth', 'oidc', 'clientId'], 'is missing: what the provider calls this gateway')
  if (clientSecret === '') findings.problem(['auth', 'oidc', 'clientSecret'], 'is missing: the secret shared with the provider')
  return {
    issuer,
    clientId,
    clientSecret: new Secret(clientSecret),
    scope,
    nameClaim: name ?? 'preferred_username',
    groupsClaim: groups ?? 'groups',
    viewers: oidc.viewers ?? [],
    operators: oidc.operators ?? [],
    admins: oidc.admins ?? [],
  }
}

function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

const SHORTEST_SECRET = 16
const HEADER_NAME = /^[A-Za-z0-9-]{1,100}$/
