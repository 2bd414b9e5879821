import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AtalayaError } from '../../api/errors.ts'
import { empty, failures } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'
import { ownPath } from '../own-path.ts'
import { readSessionCookie, sessionCookie } from '../session-cookie.ts'

/** `/login/oidc` and where the identity provider sends people back to. */
export function oidcRoutes(server: Server, { access, config, log }: RouteParts): void {
  server.get(
    '/login/oidc',
    {
      config: { action: 'public' },
      schema: {
        summary: 'Sends a person to the identity provider (OpenID Connect)',
        querystring: z.object({ to: z.string().max(2000).optional().describe('The path that is shown afterwards.') }),
        response: { 303: empty('To the provider.'), ...failures('not_found', 'auth_unavailable') },
      },
    },
    async (request, reply) => {
      const { address, ticket } = await access.oidc.begin(returnAddress(request), ownPath(request.query.to))
      reply.header('Set-Cookie', sessionCookie(request, ticket, 'ticket')).header('Cache-Control', 'no-store')
      return reply.redirect(address.href, 303)
    },
  )

  server.get(
    '/login/oidc/callback',
    {
      config: { action: 'public' },
      schema: {
        summary: 'Where the identity provider sends a person back to; begins a session',
        response: { 303: empty('Logged in.'), ...failures('not_found', 'bad_login', 'forbidden', 'auth_unavailable') },
      },
    },
    async (request, reply) => {
      const returned = returnAddress(request)
      returned.search = new URL(request.url, returned).search
      const person = await access.oidc.finish(returned, readSessionCookie(request, 'ticket'))
      const session = access.beginForPerson(person)
      const former = readSessionCookie(request)
      if (former) access.sessions.end(former)
      log.info({ user: person.name, address: request.ip }, 'logged in at the identity provider')
      const cookies = [sessionCookie(request, session), sessionCookie(request, undefined, 'ticket')]
      reply.header('Set-Cookie', cookies).header('Cache-Control', 'no-store')
      return reply.redirect(`${config.basePath}${person.to}`, 303)
    },
  )

  /** As the browser sees it; the name was checked with the request. */
  function returnAddress({ protocol, headers }: FastifyRequest): URL {
    if (headers.host === undefined) throw new AtalayaError('bad_parameter', 'Host is missing.')
    return new URL(`${protocol}://${headers.host}${config.basePath}/login/oidc/callback`)
  }
}
