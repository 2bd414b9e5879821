import { z } from 'zod'
import { AtalayaError } from '../../api/errors.ts'
import { SignedBody } from '../../api/responses.ts'
import { LONGEST_SIGNATURE_MS, signedTarget } from '../../auth/signed-address.ts'
import { checkAccess } from '../../cameras/check-access.ts'
import { parseDuration } from '../../lib/parse-duration.ts'
import { failures, json } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'

/** `POST /api/sign`: addresses for players, which can send neither a cookie nor a key. */
export function signRoutes(server: Server, { access, cameras, config, guard }: RouteParts): void {
  server.post(
    '/api/sign',
    {
      config: { action: 'watch' },
      onRequest: guard,
      schema: {
        summary: 'Signs an address that you may open yourself, for somebody who cannot log in',
        body: z.strictObject({
          path: z.string().max(2000).describe('Such as `/camera/1?width=640`, `/camera/1/snapshot` or `/stop/1`.'),
          for: z
            .string()
            .max(20)
            .optional()
            .describe('How long it can be opened, such as `90s`, `5m` or `2h`; `5m` unless given, at most `7d`.'),
        }),
        response: {
          200: json('The address.', SignedBody),
          ...failures('bad_parameter', 'forbidden', 'forbidden_origin', 'camera_not_found', 'auth_unavailable'),
        },
      },
    },
    ({ subject, body }, reply) => {
      const forMs = parseDuration(body.for ?? '5m')
      if (forMs === undefined || forMs > LONGEST_SIGNATURE_MS) throw new AtalayaError('bad_parameter', BAD_SPAN)
      const target = signedTarget(body.path.split('?', 1)[0] ?? '')
      if (target) {
        checkAccess(subject, target.action, target.camera, cameras)
        cameras.get(target.camera)
      }
      const { address, expires } = access.sign(subject, body.path, forMs)
      reply.header('Cache-Control', 'no-store')
      return { path: `${config.basePath}${address}`, expires: expires.toISOString() }
    },
  )
}

const BAD_SPAN = 'for must be a span such as 90s, 5m or 2h, and 7d at most; what lasts longer gets an embed key.'
