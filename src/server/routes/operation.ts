import { LiveBody, ReadyBody } from '../../api/responses.ts'
import { json, media } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'

/** `/livez`, `/readyz` and `/metrics`, for those who run the gateway. */
export function operationRoutes(server: Server, { metrics, reloader, isShuttingDown }: RouteParts): void {
  server.get(
    '/livez',
    {
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
      schema: {
        summary: 'Requests are served',
        response: { 200: json('They are.', ReadyBody), 503: json('The gateway is shutting down.', ReadyBody) },
      },
    },
    (_request, reply) => {
      reply.header('Cache-Control', 'no-store')
      const config = reloader.status
      if (!isShuttingDown()) return { status: 'ok' as const, config }
      reply.code(503)
      return { status: 'shutting-down' as const, config }
    },
  )

  server.get(
    '/metrics',
    { schema: { summary: 'Metrics for Prometheus', response: { 200: media('The metrics.', ['text/plain']) } } },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  )
}
