import { StatusBody, StopBody } from '../../api/responses.ts'
import { may } from '../../auth/authorize.ts'
import { failures, json } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'
import { CameraPath } from '../parameters.ts'

/** `/status` and `/stop/{id}`, as the lab's pages know them. */
export function statusRoutes(server: Server, { cameras, guard }: RouteParts): void {
  server.get(
    '/status',
    {
      config: { action: 'view' },
      schema: { summary: 'The state of every camera, by id', response: { 200: json('The cameras.', StatusBody) } },
    },
    ({ subject }, reply) => {
      reply.header('Cache-Control', 'no-store')
      const seen = [...cameras].filter(({ id }) => may(subject, 'view', id))
      return Object.fromEntries(seen.map((camera) => [camera.id, camera.status()]))
    },
  )

  server.get(
    '/stop/:id',
    {
      config: { action: 'operate' },
      onRequest: guard,
      exposeHeadRoute: false,
      schema: {
        summary: 'Puts a camera on hold and frees all it held',
        params: CameraPath,
        response: { 200: json('It is on hold.', StopBody), ...failures('forbidden_origin', 'camera_not_found') },
      },
    },
    async (request) => {
      const camera = cameras.get(request.params.id)
      await camera.stop()
      return {
        id: camera.id,
        state: 'stopped' as const,
        message: `Camera ${camera.id} is on hold; a new /camera/${camera.id} starts it.`,
        mensaje: `La cámara ${camera.id} está en pausa; un nuevo /camera/${camera.id} la inicia.`,
      }
    },
  )
}
