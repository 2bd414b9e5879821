import type { FastifyRequest } from 'fastify'
import { Secret } from '../lib/secret.ts'

/** The cookie that keeps somebody logged in; with TLS no other host and no plain connection can set it (RFC 6265bis section 4.1.3.2). */
export function sessionCookie({ protocol }: Pick<FastifyRequest, 'protocol'>, session: Secret | undefined): string {
  const isSecure = protocol === 'https'
  const parts = [`${nameOf(isSecure)}=${session?.reveal() ?? ''}`, 'Path=/', 'HttpOnly', 'SameSite=Lax']
  if (isSecure) parts.push('Secure')
  if (!session) parts.push('Max-Age=0')
  return parts.join('; ')
}

/** The session that a request brings. */
export function readSessionCookie({ protocol, headers }: Pick<FastifyRequest, 'protocol' | 'headers'>): Secret | undefined {
  const wanted = nameOf(protocol === 'https')
  for (const part of headers.cookie?.split(';') ?? []) {
    const [name, value] = part.trim().split('=', 2)
    if (name === wanted && value && value.length <= 100) return new Secret(value)
  }
  return undefined
}

function nameOf(isSecure: boolean): string {
  return isSecure ? '__Host-atalaya' : 'atalaya'
}
