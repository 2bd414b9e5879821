import { DiagnosisBody } from '../../api/diagnosis.ts'
import { failures, json } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'
import { CameraPath } from '../parameters.ts'

/** `POST /api/cameras/{id}/diagnose`: why a camera shows nothing. */
export function diagnoseRoutes(server: Server, { cameras, doctor, config, guard }: RouteParts): void {
  server.post(
    '/api/cameras/:id/diagnose',
    {
      onRequest: guard,
      schema: {
        summary: 'Walks the way to a picture and says where it ends; takes up to 20 s, and leaves a live camera alone',
        params: CameraPath,
        response: {
          200: json('The steps.', DiagnosisBody),
          ...failures('forbidden_origin', 'camera_not_found', 'diagnosis_running'),
        },
      },
    },
    async (request, reply) => {
      reply.header('Cache-Control', 'no-store')
      const spoken = config.language ?? request.headers['accept-language'] ?? 'en'
      return doctor.diagnose(cameras.get(request.params.id), /^\s*es\b/i.test(spoken) ? 'es' : 'en')
    },
  )
}
