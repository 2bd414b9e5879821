import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { ChangedCameraBody, NewCameraBody } from '../../api/camera-settings.ts'
import type { ErrorCode } from '../../api/errors.ts'
import { RefusedError } from '../../api/refused-error.ts'
import { CameraDetailBody } from '../../api/responses.ts'
import type { DescribedCamera } from '../../cameras/camera-editor.ts'
import { empty, failures, json } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'
import { leaveBody, objectOf } from '../json-body.ts'
import { CameraPath } from '../parameters.ts'
import { readPrecondition } from '../precondition.ts'

/** `POST`, `PUT` and `DELETE` of `/api/cameras`: cameras that come and go while the gateway runs. */
export function cameraEditRoutes(server: Server, { editor, config, guard }: RouteParts): void {
  server.post(
    '/api/cameras',
    {
      config: { action: 'admin' },
      onRequest: guard,
      validatorCompiler: leaveBody,
      schema: {
        summary: 'Adds a camera and starts it',
        body: NewCameraBody,
        response: { 201: json('The camera.', CameraDetailBody, NEW_CAMERA), ...failures(...CHANGE_FAILURES, 'camera_exists') },
      },
    },
    async (request, reply) => {
      const { id, ...settings } = objectOf(request.body)
      if (typeof id !== 'string')
        throw new RefusedError('bad_parameter', [{ path: 'id', message: 'must be text, such as "door"' }])
      return sendCamera(reply, await editor.create(id, settings), 201)
    },
  )

  server.put(
    '/api/cameras/:id',
    {
      config: { action: 'admin' },
      onRequest: guard,
      validatorCompiler: leaveBody,
      schema: {
        summary: 'Gives a camera new settings, or adds it; its viewers end',
        params: CameraPath,
        headers: PreconditionHeaders,
        body: ChangedCameraBody,
        response: {
          200: json('The camera.', CameraDetailBody, { ETag }),
          201: json('The camera, which is new.', CameraDetailBody, NEW_CAMERA),
          ...failures(...CHANGE_FAILURES, 'precondition_failed'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { id: named = id, ...settings } = objectOf(request.body)
      if (named !== id) throw new RefusedError('bad_parameter', [{ path: 'id', message: 'differs from that of the address' }])
      const camera = await editor.replace(id, settings, readPrecondition(request.headers))
      return sendCamera(reply, camera, camera.isNew ? 201 : 200)
    },
  )

  server.delete(
    '/api/cameras/:id',
    {
      config: { action: 'admin' },
      onRequest: guard,
      schema: {
        summary: 'Ends a camera with its viewers and forgets it',
        params: CameraPath,
        headers: PreconditionHeaders,
        response: {
          204: empty('It is gone.'),
          ...failures('forbidden_origin', 'camera_not_found', 'camera_is_in_file', 'precondition_failed', ...STORAGE_FAILURES),
        },
      },
    },
    async (request, reply) => {
      await editor.remove(request.params.id, readPrecondition(request.headers))
      return reply.code(204).send(null)
    },
  )

  function sendCamera(reply: FastifyReply, { detail, tag }: DescribedCamera, status: 200 | 201) {
    if (status === 201) reply.header('Location', `${config.basePath}/api/cameras/${detail.id}`)
    return reply.code(status).headers({ ETag: tag, 'Cache-Control': 'no-store' }).send(detail)
  }
}

const PreconditionHeaders = z.looseObject({
  'if-match': z.string().optional().describe('Only if the camera has this ETag still; else 412.'),
  'if-none-match': z.string().optional().describe('`*`: only if there is no such camera yet; else 412.'),
})

const ETag = { type: 'string', description: 'Names this configuration of the camera, for If-Match.' } as const
const NEW_CAMERA = { ETag, Location: { type: 'string', description: 'The address of the camera in this API.' } } as const

const STORAGE_FAILURES = ['storage_full', 'storage_failed', 'too_many_changes', 'shutting_down'] as const satisfies ErrorCode[]
const CHANGE_FAILURES = [
  'bad_parameter',
  'forbidden_origin',
  'camera_is_in_file',
  'too_many_cameras',
  'body_too_large',
  'unsupported_media_type',
  'bad_camera',
  ...STORAGE_FAILURES,
] as const satisfies ErrorCode[]
