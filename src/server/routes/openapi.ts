import swagger from '@fastify/swagger'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { RouteParts, Server } from '../http-server.ts'

/** `/api/openapi.json`, made from the routes' own schemas. Await it before the other routes are declared. */
export async function openapiRoutes(server: Server, { version, config }: RouteParts): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      servers: [{ url: config.basePath || '/' }],
      info: { title: 'Atalaya', description: 'Live pictures of cameras, and the cameras themselves.', version },
    },
    stripBasePath: false,
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  server.get('/api/openapi.json', { schema: { hide: true } }, () => server.swagger())
}
