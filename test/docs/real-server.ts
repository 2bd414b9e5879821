import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { createHttpServer } from '../../src/server/http-server.ts'
import type { PrometheusMetrics } from '../../src/telemetry/prometheus.ts'
import { serverParts } from '../fakes/server-parts.ts'
import { TestCamera } from '../fakes/test-camera.ts'

/** The gateway's own HTTP server, with one camera that is on hold. */
export interface RealServer {
  readonly server: FastifyInstance
  readonly metrics: PrometheusMetrics
  /** As docs/http.md writes them: `GET /camera/{id}`. HEAD goes with GET and is left out. */
  readonly routes: readonly DocumentedRoute[]
}

export interface DocumentedRoute {
  readonly name: string
  readonly parameters: readonly string[]
}

/** Builds the server as the gateway does, and notes each route that is declared, those that OpenAPI does not show too. */
export async function buildRealServer(): Promise<RealServer> {
  const declared: RouteOptions[] = []
  const watch = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', (route) => void declared.push(route))
  }
  const parts = serverParts([new TestCamera({ id: 'door' })])
  subscribe('fastify.initialization', watch)
  try {
    const server = await createHttpServer(parts)
    return { server, metrics: parts.metrics, routes: declared.filter(isOwn).map(describeRoute) }
  } finally {
    unsubscribe('fastify.initialization', watch)
  }
}

/** Not the HEAD beside each GET, nor the answer 405 to what an address does not take. */
function isOwn({ method, schema }: RouteOptions): boolean {
  return method !== 'HEAD' && !(Array.isArray(method) && schema?.hide)
}

function describeRoute({ method, url, schema }: RouteOptions): DocumentedRoute {
  const query = schema?.querystring as { shape?: Record<string, unknown> } | undefined
  return { name: `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`, parameters: Object.keys(query?.shape ?? {}) }
}
