import type { z } from 'zod'
import { LiveBody, ReadyBody } from '../../api/responses.ts'
import { may } from '../../auth/authorize.ts'
import { json, media } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'

/** `/livez`, `/readyz` and `/metrics`, for those who run the gateway. */
export function operationRoutes(server: Server, parts: RouteParts): void {
  const { metrics, reloader, admission, engine, isShuttingDown } = parts
  server.get(
    '/livez',
    {
      config: { action: 'public' },
      schema: {
        summary: 'The process runs and its event loop turns; says nothing of cameras',
        response: { 200: json('It does.', LiveBody) },
      },
    },
    (_request, reply) => {
      // It holds nothing: pages of other origins ask whether the gateway is back, and need not read the answer.
      reply.header('Cross-Origin-Resource-Policy', 'cross-origin')
      return { status: 'ok' as const }
    },
  )

  const readiness = (): z.output<typeof ReadyBody>['status'] => {
    if (isShuttingDown()) return 'shutting-down'
    return admission.isOutOfDescriptors ? 'degraded' : 'ok'
  }
  server.get(
    '/readyz',
    {
      config: { action: 'public' },
      schema: {
        summary: 'Requests are served',
        response: {
          200: json('They are.', ReadyBody),
          503: json(
            'The gateway is shutting down, or refuses new viewers because it has hardly any file descriptors left.',
            ReadyBody,
          ),
        },
      },
    },
    ({ subject }, reply) => {
      reply.header('Cache-Control', 'no-store')
      // What is wrong names cameras: it is for those who can mend it.
      const config = may(subject, 'admin') ? reloader.status : { ...reloader.status, problems: [] }
      const status = readiness()
      if (status !== 'ok') reply.code(503)
      return { status, engine: engine() ?? null, config }
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
