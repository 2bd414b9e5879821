import type { RequestListener } from 'node:http'
import Fastify, { type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { EngineName } from '../api/engine-name.ts'
import { AtalayaError } from '../api/errors.ts'
import type { Access } from '../auth/access.ts'
import type { Admission } from '../cameras/admission.ts'
import type { CameraEditor } from '../cameras/camera-editor.ts'
import type { Doctor } from '../cameras/diagnosis/doctor.ts'
import type { Pilot } from '../cameras/pilot.ts'
import type { Registry } from '../cameras/registry.ts'
import type { Reloader } from '../cameras/reloader.ts'
import type { Viewers } from '../cameras/viewers.ts'
import type { Config } from '../config/config.ts'
import type { Descriptors } from '../lib/descriptors.ts'
import type { FoundCamera } from '../onvif/discover-cameras.ts'
import type { EventLog } from '../telemetry/event-log.ts'
import type { Log } from '../telemetry/log.ts'
import type { PrometheusMetrics } from '../telemetry/prometheus.ts'
import { applyAccessRules } from './access-rules.ts'
import { slashAfterBasePath, withoutBasePath } from './base-path.ts'
import { OTHER_FAILURES } from './declared-answers.ts'
import { answerClientErrors, answerErrors, answerFrameworkError, refusalOf } from './error-answers.ts'
import { refuseWithoutDescriptors } from './few-descriptors.ts'
import { checkHostNames } from './host-names.ts'
import { acceptHttp2 } from './http2-requests.ts'
import { acceptJsonBodies } from './json-body.ts'
import { fromMjpgStreamerAddress } from './mjpg-streamer-address.ts'
import { refuseOddRequest, refuseTunnels } from './odd-requests.ts'
import { refuseOtherMethods } from './other-methods.ts'
import { type Guard, guardAgainstForeignPages } from './request-guard.ts'
import { cameraApiRoutes } from './routes/camera-api.ts'
import { cameraEditRoutes } from './routes/camera-edits.ts'
import { configRoutes } from './routes/config.ts'
import { diagnoseRoutes } from './routes/diagnose.ts'
import { discoverRoutes } from './routes/discover.ts'
import { elementRoutes } from './routes/element.ts'
import { eventRoutes } from './routes/events.ts'
import { homeRoutes } from './routes/home.ts'
import { loginRoutes } from './routes/login.ts'
import { oidcRoutes } from './routes/oidc.ts'
import { openapiRoutes } from './routes/openapi.ts'
import { operationRoutes } from './routes/operation.ts'
import { pictureRoutes } from './routes/pictures.ts'
import { ptzRoutes } from './routes/ptz.ts'
import { signRoutes } from './routes/sign.ts'
import { statusRoutes } from './routes/status.ts'
import { viewerRoutes } from './routes/viewers.ts'
import { wallRoutes } from './routes/wall.ts'
import { sendSecurityHeaders } from './security-headers.ts'
import type { Certificates } from './tls/certificates.ts'
import { createTlsServer, watchSessions } from './tls/tls-server.ts'
import { letTrustedOriginsIn } from './trusted-origins.ts'
import { routeUpgrades } from './upgrades.ts'
import { watchWaitingConnections } from './watch-waiting-connections.ts'

/** What the server is built from. */
export interface ServerParts {
  /** What is in force, at each look. */
  readonly config: Config
  /** Who asks, and who gets in. */
  readonly access: Access
  readonly cameras: Registry
  readonly editor: CameraEditor
  readonly reloader: Reloader
  readonly doctor: Doctor
  readonly pilot: Pilot
  /** Asks the network for cameras. */
  readonly discover: () => Promise<FoundCamera[]>
  readonly viewers: Viewers
  readonly admission: Admission
  readonly descriptors: Descriptors
  readonly events: EventLog
  readonly metrics: PrometheusMetrics
  readonly log: Log
  readonly version: string
  /** What the gateway shows by TLS; absent: it has none of its own. */
  readonly certificates?: Certificates | undefined
  /** What decodes pictures; undefined while nothing had to be decoded. */
  readonly engine: () => EngineName | undefined
  /** True from the moment the gateway begins to shut down. */
  readonly isShuttingDown: () => boolean
}

/** What the routes work with: the parts, and the guard of those that change something. */
export interface RouteParts extends ServerParts {
  readonly guard: Guard
}

/** Fastify with schemas by zod. */
export type Server = ReturnType<typeof createFastify>

/**
 * Builds the HTTP server with all its routes; `listen()` is left to the caller.
 * @param requestWithinMs a request must have arrived whole within this time; the answer may last for weeks
 */
export async function createHttpServer(parts: ServerParts, requestWithinMs = REQUEST_WITHIN_MS): Promise<FastifyInstance> {
  const server = createFastify(parts, requestWithinMs)
  acceptHttp2(server, requestWithinMs)
  acceptJsonBodies(server)
  answerErrors(server, parts.log)
  const declareRefusals = refuseOtherMethods(server)
  server.addHook('onRoute', (route) => {
    const response = { ...OTHER_FAILURES, ...(route.schema?.response as object) }
    route.schema = { ...route.schema, response }
  })
  server.addHook('onRequest', async (request, reply) => {
    refuseOddRequest(request, reply)
    if (parts.isShuttingDown() && !HEALTH.has(request.url)) throw new AtalayaError('shutting_down')
    const slashed = slashAfterBasePath(request.originalUrl, parts.config.basePath)
    if (slashed) return reply.redirect(slashed, 308)
  })
  const checkHost = checkHostNames(() => parts.config.server.names)
  server.addHook('onRequest', async ({ headers }) => checkHost(headers.host))
  sendSecurityHeaders(server, { isStrict: parts.certificates?.isStrict ?? false })
  letTrustedOriginsIn(server, () => parts.config.cors.origins)
  applyAccessRules(server, parts)
  server.addHook('onResponse', async (request, reply) => {
    const { method, url, ip } = request
    const refusal = refusalOf(reply)
    if (refusal) parts.metrics.refused(refusal)
    parts.log.debug(
      { method, path: url.split('?')[0], ip, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    )
  })
  refuseWithoutDescriptors(server.server, parts)
  refuseTunnels(server.server, (code) => parts.metrics.refused(code))
  const endWaiting = [watchWaitingConnections(server.server), watchSessions(server.server)]
  server.addHook('preClose', async () => {
    for (const end of endWaiting) end()
  })
  const guard = guardAgainstForeignPages(() => parts.config.cors.origins)
  const routeParts = { ...parts, guard }
  await openapiRoutes(server, routeParts)
  for (const declare of ROUTES) declare(server, routeParts)
  declareRefusals()
  await server.ready()
  routeUpgrades(server.server, server.routing)
  return server as unknown as FastifyInstance
}

function createFastify(
  { config: { basePath, trustedProxies }, cameras, metrics, certificates }: ServerParts,
  requestWithinMs: number,
) {
  const ids = () => [...cameras].map(({ id }) => id)
  return Fastify({
    forceCloseConnections: 'idle',
    ...(certificates && {
      serverFactory: (handler: RequestListener) => createTlsServer(handler, certificates, requestWithinMs),
    }),
    requestTimeout: requestWithinMs,
    http: { headersTimeout: requestWithinMs, connectionsCheckingInterval: LOOK_EVERY_MS },
    bodyLimit: LARGEST_BODY,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientErrors((code) => metrics.refused(code)),
    rewriteUrl: ({ url = '/' }) => fromMjpgStreamerAddress(withoutBasePath(url, basePath), ids),
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 100 },
  })
    .setValidatorCompiler(validatorCompiler)
    .setSerializerCompiler(serializerCompiler)
    .withTypeProvider<ZodTypeProvider>()
}

const ROUTES = [
  homeRoutes,
  pictureRoutes,
  statusRoutes,
  cameraApiRoutes,
  cameraEditRoutes,
  configRoutes,
  diagnoseRoutes,
  discoverRoutes,
  ptzRoutes,
  viewerRoutes,
  eventRoutes,
  wallRoutes,
  elementRoutes,
  operationRoutes,
  loginRoutes,
  oidcRoutes,
  signRoutes,
]

/** Answered to the last. */
const HEALTH = new Set(['/livez', '/readyz'])
const REQUEST_WITHIN_MS = 9000
/** Slow openers are looked for so often; Node.js would do it twice a minute. */
const LOOK_EVERY_MS = 500
const LARGEST_BODY = 64 * 1024
