import { AtalayaError } from '../../api/errors.ts'
import { Wall } from '../../delivery/wall/wall.ts'
import { failures } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'
import { refuseForeignReaders } from '../request-guard.ts'
import { upgradeOf } from '../upgrades.ts'

/** `/api/wall`: all cameras of a page over one WebSocket. */
export function wallRoutes(server: Server, { cameras, viewers, admission, metrics, events, config, version }: RouteParts): void {
  const wall = new Wall({ cameras, viewers, admission, metrics, events, version, mostPages: () => config.limits.viewers })
  server.addHook('preClose', () => wall[Symbol.asyncDispose]())
  server.get(
    '/api/wall',
    {
      config: { action: 'view' },
      onRequest: refuseForeignReaders(() => config.cors.origins),
      schema: {
        summary: 'All cameras of a page over one WebSocket (RFC 6455): pictures, states, acknowledgements',
        response: failures('upgrade_required', 'forbidden_origin', 'too_many_viewers', 'out_of_descriptors', 'shutting_down'),
      },
    },
    (request, reply) => {
      wall.makeSureOfRoom()
      const upgrade = request.method === 'GET' ? upgradeOf(request.raw) : undefined
      if (!upgrade) {
        reply.headers({ Upgrade: 'websocket', Connection: 'Upgrade' })
        throw new AtalayaError('upgrade_required')
      }
      wall.accept(request.raw, { stream: upgrade.stream, address: request.ip, subject: request.subject }, upgrade.head)
      reply.hijack()
    },
  )
}
