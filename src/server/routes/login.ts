import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AtalayaError } from '../../api/errors.ts'
import { SubjectBody } from '../../api/responses.ts'
import type { Subject } from '../../auth/authorize.ts'
import { PASSWORD_LENGTH } from '../../auth/password.ts'
import { makeFirstAdministrator } from '../../auth/setup-link.ts'
import { Secret } from '../../lib/secret.ts'
import { empty, failures, json } from '../declared-answers.ts'
import type { RouteParts, Server } from '../http-server.ts'
import { type LoginPageOptions, loginPagePolicy, renderLoginPage } from '../login-page.ts'
import { ownPath } from '../own-path.ts'
import { readSessionCookie, sessionCookie } from '../session-cookie.ts'

/** `/login`, `/setup` and what their pages send: how people get in. */
export function loginRoutes(server: Server, { access, config, guard, log }: RouteParts): void {
  const policy = loginPagePolicy(config.cors.origins)
  const page = { 200: { description: 'A page.', content: { 'text/html': { schema: z.string() } } } }

  server.get(
    '/login',
    {
      config: { action: 'public' },
      schema: {
        summary: 'The page to log in',
        querystring: z.object({ to: z.string().max(2000).optional().describe('The path that is shown afterwards.') }),
        response: page,
      },
    },
    (request, reply) => sendPage('login', request, reply, request.query.to),
  )

  server.get(
    '/setup',
    { config: { action: 'public' }, schema: { summary: 'The page of the link that `atalaya setup` prints', response: page } },
    (request, reply) => sendPage('setup', request, reply),
  )

  server.post(
    '/api/login',
    {
      config: { action: 'public' },
      onRequest: guard,
      schema: {
        summary: 'Begins a session, kept in a cookie',
        body: z.strictObject({ user: Name, password: Password }),
        response: {
          204: empty('Logged in.'),
          ...failures('bad_parameter', 'bad_login', 'forbidden_origin', 'too_many_logins', 'auth_unavailable'),
        },
      },
    },
    async (request, reply) => {
      const { user, password } = request.body
      const session = await access.logIn(user, new Secret(password), request.ip)
      log.info({ user, address: request.ip }, 'logged in')
      return begin(session, request, reply)
    },
  )

  server.post(
    '/api/setup',
    {
      config: { action: 'public' },
      onRequest: guard,
      schema: {
        summary: 'Makes the first administrator, and logs in',
        body: z.strictObject({ token: z.string().max(100), user: Name, password: Password }),
        response: {
          204: empty('There is an administrator, who is logged in.'),
          ...failures(
            'bad_parameter',
            'bad_setup_link',
            'bad_password',
            'forbidden_origin',
            'auth_unavailable',
            'storage_full',
            'storage_failed',
          ),
        },
      },
    },
    async (request, reply) => {
      const { token, user, password } = request.body
      await makeFirstAdministrator(access, { token: new Secret(token), name: user, password: new Secret(password) })
      log.warn({ user, address: request.ip }, 'the first administrator was made')
      return begin(access.begin(user), request, reply)
    },
  )

  server.post(
    '/api/logout',
    {
      config: { action: 'public' },
      onRequest: guard,
      schema: {
        summary: 'Ends the session; its streams end with it',
        response: { 204: empty('Logged out.'), ...failures('forbidden_origin') },
      },
    },
    (request, reply) => {
      const session = readSessionCookie(request)
      if (session) access.sessions.end(session)
      return reply.code(204).header('Set-Cookie', sessionCookie(request, undefined)).send(null)
    },
  )

  server.get(
    '/api/me',
    {
      config: { action: 'watch' },
      schema: { summary: 'Who asks, and what they may do', response: { 200: json('You.', SubjectBody) } },
    },
    ({ subject }, reply) => {
      reply.header('Cache-Control', 'no-store')
      return describe(subject)
    },
  )

  function begin(session: Secret, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const former = readSessionCookie(request)
    if (former) access.sessions.end(former)
    return reply.code(204).header('Set-Cookie', sessionCookie(request, session)).header('Cache-Control', 'no-store').send(null)
  }

  function sendPage(kind: LoginPageOptions['kind'], request: FastifyRequest, reply: FastifyReply, to = '/'): string {
    reply.headers({ 'Content-Security-Policy': policy, 'Cache-Control': 'no-store', Vary: 'Accept-Language' })
    reply.type('text/html; charset=utf-8')
    const language = config.language ?? request.headers['accept-language']
    const oidc = access.oidc.isOffered ? `${config.basePath}/login/oidc?to=${encodeURIComponent(ownPath(to))}` : undefined
    return renderLoginPage({ kind, language, to: `${config.basePath}${ownPath(to)}`, oidc })
  }
}

function describe(subject: Subject) {
  const rights = subject.rights()
  if (!rights) throw new AtalayaError('login_required')
  return { name: subject.name, way: subject.way, role: rights.role, cameras: rights.cameras ? [...rights.cameras] : null }
}

const Name = z.string().min(1).max(64).describe('The name of the user.')
const Password = z.string().min(1).max(PASSWORD_LENGTH.most).describe('The password.')
