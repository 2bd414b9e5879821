import { z } from 'zod'
import { empty, failures, media } from '../declared-answers.ts'
import type { Server } from '../http-server.ts'
import { readWebFile, sendWebFile } from '../web-files.ts'

/** `/atalaya-camera.js`: the element for other people's pages. */
export function elementRoutes(server: Server): void {
  server.get(
    '/atalaya-camera.js',
    {
      config: { action: 'public' },
      schema: {
        summary: 'The script of <atalaya-camera>',
        headers: z.looseObject({
          'if-none-match': z.string().optional().describe('The ETag of the script that you have already.'),
        }),
        response: {
          200: media('A module.', ['text/javascript'], {
            ETag: { type: 'string', description: 'Names this script, for If-None-Match.' },
            'Access-Control-Allow-Origin': { type: 'string', description: '`*`: any page may load it.' },
          }),
          304: empty('The script is the one that If-None-Match names.'),
          ...failures('not_found'),
        },
      },
    },
    (request, reply) => {
      // Browsers load modules of another origin only where that allows it.
      reply.headers({ 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' })
      return sendWebFile(readWebFile('atalaya-camera.js'), request, reply.type('text/javascript; charset=utf-8'))
    },
  )
}
