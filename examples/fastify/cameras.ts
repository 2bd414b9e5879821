import { type ConfigObject, createGateway, mjpegStream } from 'atalaya'
import type { FastifyPluginAsync } from 'fastify'

/** A Fastify plug-in: the pictures of cameras, below the prefix that it is registered with. It ends with the server. */
export const cameras: FastifyPluginAsync<{ config: ConfigObject }> = async (server, { config }) => {
  const gateway = await createGateway(config)
  // Before the server waits for its answers to end: those of live pictures end with the gateway.
  server.addHook('preClose', () => gateway.close())

  server.get<{ Params: { id: string } }>('/:id', (request, reply) => {
    return reply.send(mjpegStream(gateway.camera(request.params.id)))
  })

  server.get<{ Params: { id: string } }>('/:id/snapshot', async (request, reply) => {
    const picture = await gateway.camera(request.params.id).picture()
    return reply.type('image/jpeg').header('Last-Modified', picture.capturedAt.toUTCString()).send(picture.data)
  })

  server.get('/', () => gateway.cameras.map((camera) => camera.status()))
}
