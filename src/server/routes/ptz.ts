import type { ErrorCode } from '../../api/errors.ts'
import { PtzCommandBody, PtzPresetsBody } from '../../api/ptz.ts'
import { empty, failures, json } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'
import { CameraPath } from '../parameters.ts'

/** `/api/cameras/{id}/ptz`: cameras with a motor. */
export function ptzRoutes(server: Server, { cameras, pilot, guard }: RouteParts): void {
  server.post(
    '/api/cameras/:id/ptz',
    {
      config: { action: 'operate' },
      onRequest: guard,
      schema: {
        summary: 'Moves a camera; every move ends by itself',
        params: CameraPath,
        body: PtzCommandBody,
        response: {
          204: empty('The camera was told.'),
          ...failures('bad_parameter', 'forbidden_origin', 'body_too_large', 'unsupported_media_type', ...FAILURES),
        },
      },
    },
    async (request, reply) => {
      await pilot.carryOut(cameras.get(request.params.id).config, request.body)
      return reply.code(204).send(null)
    },
  )

  server.get(
    '/api/cameras/:id/ptz/presets',
    {
      config: { action: 'operate' },
      schema: {
        summary: 'The positions that are stored in a camera',
        params: CameraPath,
        response: { 200: json('The presets.', PtzPresetsBody), ...failures(...FAILURES) },
      },
    },
    async (request, reply) => {
      reply.header('Cache-Control', 'no-store')
      return { presets: await pilot.presets(cameras.get(request.params.id).config) }
    },
  )
}

const FAILURES = [
  'camera_not_found',
  'no_ptz',
  'too_many_changes',
  'refused',
  'unreachable',
  'closed',
  'auth_failed',
  'unsupported',
  'protocol_error',
] as const satisfies ErrorCode[]
