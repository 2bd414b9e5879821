import { CameraBody, CamerasBody } from '../../api/responses.ts'
import type { Camera } from '../../cameras/camera.ts'
import type { RouteParts, Server } from '../http-server.ts'
import { CameraPath } from '../parameters.ts'

/** `/api/cameras`: what there is, and the three commands. */
export function cameraApiRoutes(server: Server, { cameras, guard }: RouteParts): void {
  server.get('/api/cameras', { schema: { summary: 'All cameras', response: { 200: CamerasBody } } }, (_request, reply) => {
    reply.header('Cache-Control', 'no-store')
    return { cameras: [...cameras].map((camera) => camera.status()) }
  })

  const schema = { params: CameraPath, response: { 200: CameraBody } }
  server.get('/api/cameras/:id', { schema: { ...schema, summary: 'One camera' } }, (request, reply) => {
    reply.header('Cache-Control', 'no-store')
    return cameras.get(request.params.id).status()
  })

  for (const [command, { summary, carryOut }] of Object.entries(COMMANDS)) {
    server.post(`/api/cameras/:id/${command}`, { onRequest: guard, schema: { ...schema, summary } }, async (request) => {
      const camera = cameras.get(request.params.id)
      await carryOut(camera)
      return camera.status()
    })
  }
}

const COMMANDS: Record<string, { summary: string; carryOut: (camera: Camera) => void | Promise<void> }> = {
  start: { summary: 'Lifts a stop', carryOut: (camera) => camera.start() },
  stop: { summary: 'Puts the camera on hold and frees all it held', carryOut: (camera) => camera.stop() },
  reconnect: { summary: 'Drops the connection and connects at once', carryOut: (camera) => camera.reconnect() },
}
