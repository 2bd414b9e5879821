import { NewCameraBody } from '../../api/camera-settings.ts'
import { DiagnosisBody } from '../../api/diagnosis.ts'
import { failures, json } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'
import { leaveBody, objectOf } from '../json-body.ts'
import { CameraPath } from '../parameters.ts'

/** `POST /api/cameras/{id}/diagnose` and `POST /api/diagnose`: why a camera shows nothing, or would. */
export function diagnoseRoutes(server: Server, { cameras, editor, doctor, config, guard }: RouteParts): void {
  const languageOf = (accepted = 'en') => (/^\s*es\b/i.test(config.language ?? accepted) ? 'es' : 'en')

  server.post(
    '/api/cameras/:id/diagnose',
    {
      config: { action: 'operate' },
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
      return doctor.diagnose(cameras.get(request.params.id), languageOf(request.headers['accept-language']))
    },
  )

  server.post(
    '/api/diagnose',
    {
      config: { action: 'admin' },
      onRequest: guard,
      validatorCompiler: leaveBody,
      schema: {
        summary: 'Tries settings of a camera without keeping them, and says where the way to a picture ends; takes up to 20 s',
        body: NewCameraBody.partial({ id: true }),
        response: {
          200: json('The steps.', DiagnosisBody),
          ...failures(
            'bad_parameter',
            'forbidden_origin',
            'body_too_large',
            'unsupported_media_type',
            'bad_camera',
            'diagnosis_running',
          ),
        },
      },
    },
    async (request, reply) => {
      const { id, ...settings } = objectOf(request.body)
      const camera = editor.tryOut(id === undefined ? undefined : String(id), settings)
      reply.header('Cache-Control', 'no-store')
      return doctor.tryOut(camera, languageOf(request.headers['accept-language']))
    },
  )
}
