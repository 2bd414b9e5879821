import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { Registry } from '../../src/cameras/registry.ts'
import { createHttpServer } from '../../src/server/http-server.ts'
import { SILENT_LOG } from '../../src/telemetry/log.ts'
import { PrometheusMetrics } from '../../src/telemetry/prometheus.ts'
import { EMPTY_CONFIG, TestCamera } from '../fakes/test-camera.ts'

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
  const { camera } = new TestCamera({ id: 'door' })
  const cameras = new Registry()
  cameras.add(camera)
  const metrics = new PrometheusMetrics('0.0.0', () => [camera.status()])
  subscribe('fastify.initialization', watch)
  try {
    const server = await createHttpServer({
      config: EMPTY_CONFIG,
      cameras,
      metrics,
      log: SILENT_LOG,
      version: '0.0.0',
      isShuttingDown: () => false,
    })
    return { server, metrics, routes: declared.filter(isOwn).map(describeRoute) }
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
