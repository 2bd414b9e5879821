import { z } from 'zod'
import { ViewersBody } from '../../api/responses.ts'
import { may } from '../../auth/authorize.ts'
import { empty, failures, json } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'

/** `/api/viewers`: who watches, and the way to end one. */
export function viewerRoutes(server: Server, { viewers, guard }: RouteParts): void {
  server.get(
    '/api/viewers',
    {
      config: { action: 'operate' },
      schema: {
        summary: 'Who watches, those first who came first',
        querystring: z.object({ camera: z.string().optional().describe('Of this camera only.') }),
        response: { 200: json('The viewers.', ViewersBody), ...failures('bad_parameter') },
      },
    },
    (request, reply) => {
      reply.header('Cache-Control', 'no-store')
      const { subject } = request
      return { viewers: viewers.list(request.query.camera).filter(({ camera }) => may(subject, 'operate', camera)) }
    },
  )

  server.delete(
    '/api/viewers/:id',
    {
      config: { action: 'operate' },
      onRequest: guard,
      schema: {
        summary: 'Ends a viewer',
        params: z.object({ id: z.string().describe('The id of the viewer.') }),
        response: { 204: empty('It is ended.'), ...failures('forbidden_origin', 'viewer_not_found') },
      },
    },
    (request, reply) => {
      viewers.close(request.params.id, (camera) => may(request.subject, 'operate', camera))
      return reply.code(204).send(null)
    },
  )
}
