import { z } from 'zod'
import { HomeBody } from '../../api/responses.ts'
import { may, type Subject } from '../../auth/authorize.ts'
import { dashboardAsset, dashboardPage, dashboardPolicy } from '../dashboard-page.ts'
import { empty, failures, media } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'
import { readWebFile, sendWebFile } from '../web-files.ts'

/** `GET /`: the dashboard for people, JSON for programs; and what the dashboard is made of. */
export function homeRoutes(server: Server, { cameras, config, version }: RouteParts): void {
  const policy = dashboardPolicy(config.cors.origins)
  const seen = (subject: Subject) => [...cameras].filter(({ id }) => may(subject, 'view', id))
  server.get(
    '/',
    {
      config: { action: 'view' },
      schema: {
        summary: 'The dashboard, or JSON for programs',
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
      return dashboardPage(config.language)
    },
  )

  server.get(
    '/assets/:name',
    {
      config: { action: 'public' },
      schema: {
        summary: 'A script, style sheet or drawing of the dashboard',
        params: z.object({ name: z.string().describe('As the page names it.') }),
        headers: z.looseObject({
          'if-none-match': z.string().optional().describe('The ETag of the file that you have already.'),
        }),
        response: {
          200: media('The file.', ['text/javascript', 'text/css', 'image/svg+xml'], {
            ETag: { type: 'string', description: 'Names this file, for If-None-Match.' },
          }),
          304: empty('The file is the one that If-None-Match names.'),
          ...failures('not_found'),
        },
      },
    },
    (request, reply) => {
      const { path, type } = dashboardAsset(request.params.name)
      return sendWebFile(readWebFile(path), request, reply.type(type))
    },
  )
}
