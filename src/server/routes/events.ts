import { z } from 'zod'
import { AtalayaError } from '../../api/errors.ts'
import { failures, media } from '../declared-answers.ts'
import { EVENT_STREAM_HEADERS, streamEvents } from '../event-stream.ts'
import type { RouteParts, Server } from '../http-server.ts'

/** `/api/events`: what happens to the cameras, as it happens. */
export function eventRoutes(server: Server, { events, admission, log }: RouteParts): void {
  let listeners = 0
  server.get(
    '/api/events',
    {
      config: { action: 'view' },
      schema: {
        summary:
          'What happens to the cameras, as server-sent events: hello, state, viewers, config, config.reloaded, config.refused, reset',
        headers: z.looseObject({
          'last-event-id': z.string().optional().describe('The last event that was seen; what was missed comes first.'),
        }),
        response: {
          200: media('Events, for as long as you listen.', ['text/event-stream']),
          ...failures('too_many_listeners', 'out_of_descriptors', 'shutting_down'),
        },
      },
    },
    async (request, reply) => {
      if (request.method === 'HEAD') return reply.headers(EVENT_STREAM_HEADERS).send()
      if (listeners >= MOST_LISTENERS) {
        throw new AtalayaError('too_many_listeners', `${listeners} programs and pages follow the events already.`)
      }
      admission.makeRoomForConnection()
      listeners++
      reply.hijack()
      const seen = request.headers['last-event-id']
      const after = seen ? Number(seen) : undefined // what is no number is an id that nobody knows
      try {
        await streamEvents(reply.raw, events, { subject: request.subject, after, headers: reply.getHeaders() })
      } catch (error) {
        log.error({ err: error }, 'the events ended')
        reply.raw.destroy()
      } finally {
        listeners--
      }
      return reply
    },
  )
}

/** Each holds a connection and is written to at every event. */
const MOST_LISTENERS = 200
