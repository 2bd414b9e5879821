import type { HTTPMethods } from 'fastify'
import { AtalayaError } from '../api/errors.ts'
import { sendError } from './error-answers.ts'
import type { Server } from './http-server.ts'

/**
 * Answers 405 with `Allow` (RFC 9110 section 15.5.6) where an address exists but does not take the method. Call it before
 * the routes are declared, and what it returns after them.
 */
export function refuseOtherMethods(server: Server): () => void {
  const allowed = new Map<string, Set<string>>()
  server.addHook('onRoute', ({ url, method }) => {
    const methods = allowed.get(url) ?? new Set()
    for (const one of [method].flat()) methods.add(one)
    allowed.set(url, methods)
  })
  return () => {
    for (const [url, methods] of [...allowed]) {
      const allow = [...methods].sort().join(', ')
      const refused = METHODS.filter((method) => !methods.has(method))
      server.route({
        url,
        method: refused,
        config: { action: 'public' },
        schema: { hide: true },
        handler: (request, reply) => {
          reply.header('Allow', allow)
          return sendError(reply, new AtalayaError('method_not_allowed', `This address takes ${allow}, not ${request.method}.`))
        },
      })
    }
  }
}

const METHODS: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
