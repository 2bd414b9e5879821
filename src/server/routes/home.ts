import { z } from 'zod'
import { HomeBody } from '../../api/responses.ts'
import { may, type Subject } from '../../auth/authorize.ts'
import { homePagePolicy, renderHomePage } from '../home-page.ts'
import type { RouteParts, Server } from '../http-server.ts'

/** `GET /`: a page for people, JSON for programs. */
export function homeRoutes(server: Server, { cameras, config, version }: RouteParts): void {
  const policy = homePagePolicy(config.cors.origins)
  const seen = (subject: Subject) => [...cameras].filter(({ id }) => may(subject, 'view', id))
  server.get(
    '/',
    {
      config: { action: 'view' },
      schema: {
        summary: 'A page with every camera, or JSON for programs',
        response: {
          200: {
            description: 'What there is.',
            content: { 'application/json': { schema: HomeBody }, 'text/html': { schema: z.string() } },
          },
        },
      },
    },
    (request, reply) => {
      reply.header('Vary', 'Accept').header('Cache-Control', 'no-store')
      if (!request.headers.accept?.includes('text/html')) {
        return {
          message: 'Atalaya is running. Live pictures: /camera/{id}; single ones: /camera/{id}/snapshot; states: /status.',
          mensaje: 'Atalaya está en marcha. Imágenes en vivo: /camera/{id}; una sola: /camera/{id}/snapshot; estados: /status.',
          version,
          cameras: seen(request.subject).map(({ id }) => id),
        }
      }
      reply.header('Content-Security-Policy', policy)
      reply.type('text/html; charset=utf-8')
      return renderHomePage(
        seen(request.subject).map((camera) => camera.status()),
        config.language ?? request.headers['accept-language'],
      )
    },
  )
}
