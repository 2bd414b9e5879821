import type { FastifyInstance, RouteOptions } from 'fastify'
import { createHttpServer } from '../../src/server/http-server.ts'
import type { PrometheusMetrics } from '../../src/telemetry/prometheus.ts'
import { declaredRoutes } from '../fakes/declared-routes.ts'
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
  const parts = serverParts([new TestCamera({ id: 'door' })])
  const { result, routes } = await declaredRoutes(() => createHttpServer(parts))
  return { server: result, metrics: parts.metrics, routes: routes.map(describeRoute) }
}

function describeRoute({ method, url, schema }: RouteOptions): DocumentedRoute {
  const query = schema?.querystring as { shape?: Record<string, unknown> } | undefined
  return { name: `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`, parameters: Object.keys(query?.shape ?? {}) }
}
