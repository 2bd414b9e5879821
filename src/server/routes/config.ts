import { ConfigStatusBody, ReloadBody } from '../../api/reload.ts'
import { failures, json } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'

/** `/api/config`: whether the configuration file is in force, and the way to read it again. */
export function configRoutes(server: Server, { reloader, guard }: RouteParts): void {
  server.get(
    '/api/config',
    {
      config: { action: 'admin' },
      schema: {
        summary: 'Whether the configuration is in force as it stands in its file',
        response: { 200: json('What became of the last reading.', ConfigStatusBody) },
      },
    },
    (_request, reply) => {
      reply.header('Cache-Control', 'no-store')
      return reloader.status
    },
  )

  server.post(
    '/api/config/reload',
    {
      config: { action: 'admin' },
      onRequest: guard,
      schema: {
        summary: 'Reads the configuration file again and touches what differs; all other cameras go on',
        response: {
          200: json('What has changed.', ReloadBody),
          ...failures('forbidden_origin', 'no_config_file', 'bad_config', 'too_many_changes', 'shutting_down'),
        },
      },
    },
    (_request, reply) => {
      reply.header('Cache-Control', 'no-store')
      return reloader.reload()
    },
  )
}
