import type { Server } from './http-server.ts'

/**
 * Lets pages of these origins read answers and, after the question that browsers ask beforehand, send JSON, `PUT` and
 * `DELETE` (Fetch standard, section 3.3 "CORS protocol"). Pages of other origins get no such header.
 */
export function letTrustedOriginsIn(server: Server, origins: () => readonly string[]): void {
  server.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    if (!origin || !origins().includes(origin)) return
    reply.headers({ 'Access-Control-Allow-Origin': origin, Vary: 'Origin', 'Access-Control-Expose-Headers': READABLE })
    if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) return
    await reply.code(204).headers(PREFLIGHT).send()
  })
}

const READABLE = 'ETag, Location, X-Rendition, X-Timestamp, X-Sequence, Retry-After'

const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, DELETE',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, If-Match, If-None-Match, Last-Event-ID',
  'Access-Control-Max-Age': '600',
}
