import type { FastifyReply, FastifyRequest } from 'fastify'
import { AtalayaError } from '../api/errors.ts'
import type { Access, Caller } from '../auth/access.ts'
import { type Action, EVERYBODY, type Subject } from '../auth/authorize.ts'
import { checkAccess } from '../cameras/check-access.ts'
import type { Registry } from '../cameras/registry.ts'
import type { Server } from './http-server.ts'
import { isBrowser } from './request-guard.ts'
import { readSessionCookie } from './session-cookie.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; known before any handler runs. */
    subject: Subject
  }
  interface FastifyContextConfig {
    /** What the route is for. A route without it keeps the server from starting. */
    action?: Action
  }
}

/** What the rules are applied with. */
export interface AccessRuleParts {
  readonly access: Access
  readonly cameras: Registry
  readonly config: { readonly basePath: string }
}

/**
 * Asks `authorize()` before every handler: may this subject do what the route is for, with the camera that its path names? Call it before
 * the routes are declared. A camera that a subject may not know of looks like one that does not exist.
 */
export function applyAccessRules(server: Server, { access, cameras, config }: AccessRuleParts): void {
  server.decorateRequest('subject')
  server.addHook('onRoute', ({ url, method, config: route }) => {
    if (route?.action === undefined) throw new TypeError(`${method} ${url} does not say what it is for: config: { action }`)
  })
  server.addHook('onRequest', async (request, reply) => {
    request.subject = access.isOpen ? EVERYBODY : NOBODY
    if (request.is404) return
    const { action = 'admin' } = request.routeOptions.config
    if (action === 'public') return
    const subject = await identify(request, reply)
    if (!subject) {
      if (wantsPage(request)) return reply.redirect(loginAddress(request, config.basePath), 303)
      challenge(request, reply)
      throw new AtalayaError('login_required')
    }
    request.subject = subject
    checkAccess(subject, action, cameraOf(request), cameras)
  })

  async function identify(request: FastifyRequest, reply: FastifyReply): Promise<Subject | undefined> {
    try {
      return await access.identify(callerOf(request))
    } catch (error) {
      if (error instanceof AtalayaError && error.status === 401) challenge(request, reply)
      throw error
    }
  }

  /** A browser would open a window of its own for Basic; it has the page. */
  function challenge({ headers }: FastifyRequest, reply: FastifyReply): void {
    const basic = access.takesBasic && !isBrowser(headers) ? ['Basic realm="Atalaya", charset="UTF-8"'] : []
    reply.header('WWW-Authenticate', ['Bearer realm="Atalaya"', ...basic].join(', '))
  }
}

/** Nobody yet: stands in until the rules have found out who asks, and on public routes. */
const NOBODY: Subject = { way: 'open', name: 'nobody', signer: undefined, rights: () => undefined }

function callerOf(request: FastifyRequest): Caller {
  const [path = '', query = ''] = request.url.split(/\?(.*)/s, 2)
  return {
    method: request.method,
    path,
    query: new URLSearchParams(query),
    headers: request.headers,
    peer: request.raw.socket?.remoteAddress ?? '',
    address: request.ip,
    session: readSessionCookie(request),
  }
}

/** Paths name cameras by `:id`; the one of `/api/viewers/:id` is that of a viewer. */
function cameraOf(request: FastifyRequest): string | undefined {
  const { id } = request.params as { id?: string }
  return request.routeOptions.url?.startsWith('/api/viewers/') ? undefined : id
}

function wantsPage({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true
}

function loginAddress({ url }: FastifyRequest, basePath: string): string {
  return `${basePath}/login${url === '/' ? '' : `?to=${encodeURIComponent(url)}`}`
}
