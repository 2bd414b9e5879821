import type { Server } from './http-server.ts'

/**
 * What every answer tells browsers: guess no types, tell other sites no addresses, and keep other pages at a distance.
 * @param isStrict they are also to come by TLS only from now on (RFC 6797)
 */
export function sendSecurityHeaders(server: Server, { isStrict }: { readonly isStrict: boolean }): void {
  const headers = isStrict ? { ...HEADERS, 'Strict-Transport-Security': `max-age=${YEAR_S}` } : HEADERS
  server.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers)
  })
}

/** Pictures, which any page may show, say `Cross-Origin-Resource-Policy: cross-origin` themselves. */
const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
}

const YEAR_S = 31_536_000
