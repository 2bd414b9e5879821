import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'

/**
 * Does some work, and notes each route that is declared to a Fastify server meanwhile: what the router itself knows. The HEAD beside each
 * GET and the answer 405 to what an address does not take are left out.
 */
export async function declaredRoutes<Result>(work: () => Promise<Result>): Promise<{ result: Result; routes: RouteOptions[] }> {
  const routes: RouteOptions[] = []
  const watch = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', (route) => void routes.push(route))
  }
  subscribe('fastify.initialization', watch)
  try {
    const result = await work()
    return { result, routes: routes.filter(isOwn) }
  } finally {
    unsubscribe('fastify.initialization', watch)
  }
}

function isOwn({ method, schema }: RouteOptions): boolean {
  return method !== 'HEAD' && !(Array.isArray(method) && schema?.hide)
}
