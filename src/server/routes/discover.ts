import { FoundCamerasBody } from '../../api/found-cameras.ts'
import { failures, json } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'

/** `POST /api/discover`: which cameras there are in the network. */
export function discoverRoutes(server: Server, { discover, guard }: RouteParts): void {
  let running: ReturnType<typeof discover> | undefined

  server.post(
    '/api/discover',
    {
      config: { action: 'admin' },
      onRequest: guard,
      schema: {
        summary: 'Asks the network for ONVIF cameras; takes 3 s',
        response: { 200: json('Those that answered.', FoundCamerasBody), ...failures('forbidden_origin', 'unreachable') },
      },
    },
    async (_request, reply) => {
      reply.header('Cache-Control', 'no-store')
      // All who ask meanwhile get the answer to one question.
      running ??= discover().finally(() => {
        running = undefined
      })
      return { cameras: await running }
    },
  )
}
