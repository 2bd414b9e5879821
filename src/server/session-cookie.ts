import type { FastifyRequest } from 'fastify'
import { Secret } from '../lib/secret.ts'

/** Somebody who is logged in, or a login at an identity provider that has not come back. */
export type CookieKind = 'session' | 'ticket'

/** The cookie that keeps somebody logged in; with TLS no other host and no plain connection can set it (RFC 6265bis section 4.1.3.2). */
export function sessionCookie(
  { protocol }: Pick<FastifyRequest, 'protocol'>,
  session: Secret | undefined,
  kind: CookieKind = 'session',
): string {
  const isSecure = protocol === 'https'
  const parts = [`${nameOf(isSecure, kind)}=${session?.reveal() ?? ''}`, 'Path=/', 'HttpOnly', 'SameSite=Lax']
  if (isSecure) parts.push('Secure')
  if (!session) parts.push('Max-Age=0')
  else if (kind === 'ticket') parts.push(`Max-Age=${TICKET_S}`)
  return parts.join('; ')
}

/** The session that a request brings. */
export function readSessionCookie(
  { protocol, headers }: Pick<FastifyRequest, 'protocol' | 'headers'>,
  kind: CookieKind = 'session',
): Secret | undefined {
  const wanted = nameOf(protocol === 'https', kind)
  for (const part of headers.cookie?.split(';') ?? []) {
    const [name, value] = part.trim().split('=', 2)
    if (name === wanted && value && value.length <= 100) return new Secret(value)
  }
  return undefined
}

function nameOf(isSecure: boolean, kind: CookieKind): string {
  const name = kind === 'ticket' ? 'atalaya-login' : 'atalaya'
  return isSecure ? `__Host-${name}` : name
}

const TICKET_S = 600
