import swagger from '@fastify/swagger'
import type { FastifySchema, RouteOptions } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type DeclaredHeader, json } from '../declared-answers.ts'
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
    transform: (route) => complete(jsonSchemaTransform(route), route),
    transformObject: jsonSchemaTransformObject,
  })
  server.get(
    '/api/openapi.json',
    {
      config: { action: 'view' },
      schema: { summary: 'This document', response: { 200: json('An OpenAPI 3.1 document.', z.looseObject({})) } },
    },
    () => ({ ...server.swagger() }),
  )
}

/** Adds what the transformation leaves out: the headers of answers, and a name for generated clients. */
function complete(transformed: ReturnType<typeof jsonSchemaTransform>, { schema, route }: DeclaredRoute) {
  const shown = transformed.schema as FastifySchema & { operationId?: string }
  const answers = (shown.response ?? {}) as Answers
  for (const [status, { headers }] of Object.entries((schema?.response ?? {}) as Answers)) {
    const answer = answers[status]
    if (answer && headers) answer.headers = headers
  }
  shown.operationId = nameOperation([route.method].flat()[0] ?? 'GET', route.url)
  return transformed
}

type Answers = Record<string, { headers?: Readonly<Record<string, DeclaredHeader>> }>

interface DeclaredRoute {
  readonly schema: FastifySchema | undefined
  readonly route: RouteOptions
}

/** `POST /api/cameras/:id/start` is `postApiCamerasIdStart`. */
function nameOperation(method: string, url: string): string {
  const words = url.split(/\W+/).filter((word) => word !== '')
  return [method.toLowerCase(), ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join('')
}
