import type { Server } from './http-server.ts'

/** What every answer tells browsers: guess no types, tell other sites no addresses, and keep other pages at a distance. */
export function sendSecurityHeaders(server: Server): void {
  server.addHook('onRequest', async (_request, reply) => {
    reply.headers(HEADERS)
  })
}

/** Pictures, which any page may show, say `Cross-Origin-Resource-Policy: cross-origin` themselves. */
const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
}
