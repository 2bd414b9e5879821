import { LiveBody, ReadyBody } from '../../api/responses.ts'
import { may } from '../../auth/authorize.ts'
import { json, media } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'

/** `/livez`, `/readyz` and `/metrics`, for those who run the gateway. */
export function operationRoutes(server: Server, { metrics, reloader, isShuttingDown }: RouteParts): void {
  server.get(
    '/livez',
    {
      config: { action: 'public' },
      schema: {
        summary: 'The process runs and its event loop turns; says nothing of cameras',
        response: { 200: json('It does.', LiveBody) },
      },
    },
    () => ({
      status: 'ok' as const,
    }),
  )

  server.get(
    '/readyz',
    {
      config: { action: 'public' },
      schema: {
        summary: 'Requests are served',
        response: { 200: json('They are.', ReadyBody), 503: json('The gateway is shutting down.', ReadyBody) },
      },
    },
    ({ subject }, reply) => {
      reply.header('Cache-Control', 'no-store')
      // What is wrong names cameras: it is for those who can mend it.
      const config = may(subject, 'admin') ? reloader.status : { ...reloader.status, problems: [] }
      if (!isShuttingDown()) return { status: 'ok' as const, config }
      reply.code(503)
      return { status: 'shutting-down' as const, config }
    },
  )

  server.get(
    '/metrics',
    {
      config: { action: 'view' },
      schema: { summary: 'Metrics for Prometheus', response: { 200: media('The metrics.', ['text/plain']) } },
    },
    async ({ subject }, reply) =>
      reply.type(metrics.contentType).send(await metrics.text((camera) => may(subject, 'view', camera))),
  )
}
