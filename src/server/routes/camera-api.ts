import { CameraBody, CameraDetailBody, CamerasBody } from '../../api/responses.ts'
import { may } from '../../auth/authorize.ts'
import type { Camera } from '../../cameras/camera.ts'
import { failures, json } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'
import { CameraPath } from '../parameters.ts'

/** `/api/cameras`: what there is, and the three commands. */
export function cameraApiRoutes(server: Server, { cameras, editor, guard }: RouteParts): void {
  server.get(
    '/api/cameras',
    { config: { action: 'view' }, schema: { summary: 'All cameras', response: { 200: json('The cameras.', CamerasBody) } } },
    ({ subject }, reply) => {
      reply.header('Cache-Control', 'no-store')
      return { cameras: [...cameras].filter(({ id }) => may(subject, 'view', id)).map((camera) => camera.status()) }
    },
  )

  server.get(
    '/api/cameras/:id',
    {
      config: { action: 'view' },
      schema: {
        summary: 'One camera with its settings',
        params: CameraPath,
        response: { 200: json('The camera.', CameraDetailBody, { ETag }), ...failures('camera_not_found') },
      },
    },
    (request, reply) => {
      const { detail, tag } = editor.describe(request.params.id)
      reply.headers({ ETag: tag, 'Cache-Control': 'no-store' })
      return may(request.subject, 'admin') ? detail : { ...detail, settings: null }
    },
  )

  for (const [command, { summary, carryOut }] of Object.entries(COMMANDS)) {
    const response = { 200: json('The camera.', CameraBody), ...failures('forbidden_origin', 'camera_not_found') }
    const schema = { summary, params: CameraPath, response }
    server.post(`/api/cameras/:id/${command}`, { config: { action: 'operate' }, onRequest: guard, schema }, async (request) => {
      const camera = cameras.get(request.params.id)
      await carryOut(camera)
      return camera.status()
    })
  }
}

const ETag = { type: 'string', description: 'Names the configuration of the camera, for If-Match.' } as const

const COMMANDS: Record<string, { summary: string; carryOut: (camera: Camera) => void | Promise<void> }> = {
  start: { summary: 'Lifts a stop', carryOut: (camera) => camera.start() },
  stop: { summary: 'Puts the camera on hold and frees all it held', carryOut: (camera) => camera.stop() },
  reconnect: { summary: 'Drops the connection and connects at once', carryOut: (camera) => camera.reconnect() },
}
