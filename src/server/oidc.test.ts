import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import Provider from 'oidc-provider'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type LockedServer, openLockedServer } from '../../test/fakes/locked-server.ts'
import type { OidcConfig } from '../config/auth-config.ts'
import { Secret } from '../lib/secret.ts'

const SECRET = 'shared with the provider'

let provider: Server
let issuer: URL
let locked: LockedServer
/** The groups of whoever logs in. */
let groups: string[]

beforeEach(async () => {
  groups = ['lab']
  for (const word of ['info', 'warn'] as const) vi.spyOn(console, word).mockReturnValue() // it tells what a real provider needs
  const port = await freePort()
  issuer = new URL(`http://127.0.0.1:${port}`)
  locked = await openLockedServer({}, { oidc: configOf(issuer) })
  await locked.server.listen({ port: 0, host: '127.0.0.1' })
  provider = startProvider(port, `${own()}/login/oidc/callback`)
  await once(provider, 'listening')
})

afterEach(async () => {
  vi.restoreAllMocks()
  await locked[Symbol.asyncDispose]()
  provider.close()
  provider.closeAllConnections()
})

function configOf(where: URL): OidcConfig {
  const claims = { scope: 'openid profile', nameClaim: 'preferred_username', groupsClaim: 'groups' }
  return {
    issuer: where.href,
    clientId: 'atalaya',
    clientSecret: new Secret(SECRET),
    ...claims,
    viewers: ['lab'],
    operators: ['staff'],
    admins: [],
  }
}

/** Lets everybody in as `pia`, without asking. */
function startProvider(port: number, redirect: string): Server {
  const oidc = new Provider(issuer.href.replace(/\/$/, ''), {
    clients: [
      {
        client_id: 'atalaya',
        client_secret: SECRET,
        redirect_uris: [redirect],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: 'pia', groups }) }),
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({ clientId: 'atalaya', accountId: String(context.oidc.session?.accountId) })
      grant.addOIDCScope('openid profile')
      await grant.save()
      return grant
    },
    cookies: { keys: ['a key of this test'] },
  })
  oidc.use(async (context, next) => {
    if (!context.path.startsWith('/interaction/')) return next()
    await oidc.interactionFinished(context.req, context.res, { login: { accountId: 'pia' } })
    context.respond = false
  })
  return oidc.listen(port, '127.0.0.1')
}

/** A browser that follows redirects, with a jar of cookies for each host. */
class Visitor {
  readonly #jar = new Map<string, Map<string, string>>()

  async go(address: string, isFollowing = true): Promise<{ status: number; url: URL; text: string }> {
    let url = new URL(address)
    for (let hops = 0; ; hops++) {
      const jar = this.#jar.get(url.host) ?? new Map<string, string>()
      this.#jar.set(url.host, jar)
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const answer = await fetch(url, { redirect: 'manual', headers: { cookie } })
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (value === '') jar.delete(name)
        else jar.set(name, value)
      }
      const location = answer.headers.get('location')
      if (!location || !isFollowing || hops > 10)
        return { status: answer.status, url: new URL(location ?? url, url), text: await answer.text() }
      await answer.arrayBuffer()
      url = new URL(location, url)
    }
  }
}

const own = () => `http://127.0.0.1:${(locked.server.server.address() as AddressInfo).port}`
const codeOf = (text: string) => JSON.parse(text).error.code

describe('a login at an identity provider', () => {
  it('begins a session with the role of the groups, and leads where somebody wanted to go', async () => {
    const visitor = new Visitor()
    const { status, url } = await visitor.go(`${own()}/login/oidc?to=/status`)
    expect([status, url.pathname]).toEqual([200, '/status'])
    const me = await visitor.go(`${own()}/api/me`)
    expect(JSON.parse(me.text)).toMatchObject({ name: 'pia', way: 'session', role: 'viewer', cameras: null })
    expect((await visitor.go(`${own()}/api/viewers`)).status).toBe(403)
  })

  it('is offered on the page, and never leads to another site', async () => {
    const page = await new Visitor().go(`${own()}/login?to=/status`)
    expect(page.text).toContain('href="/login/oidc?to=%2Fstatus"')
    const visitor = new Visitor()
    expect((await visitor.go(`${own()}/login/oidc?to=//evil.example`)).url.host).toBe(new URL(own()).host)
  })

  it('opens nothing for those whose groups have no role', async () => {
    groups = ['others']
    const visitor = new Visitor()
    const { status, text } = await visitor.go(`${own()}/login/oidc`)
    expect([status, codeOf(text)]).toEqual([403, 'forbidden'])
    expect((await visitor.go(`${own()}/status`)).status).toBe(401)
  })

  it('counts in the browser that began it, once, and with its own state only', async () => {
    const visitor = new Visitor()
    const { url } = await visitor.go(`${own()}/login/oidc`, false)
    expect([url.host, url.searchParams.get('code_challenge_method')]).toEqual([issuer.host, 'S256'])
    let back = url
    for (let hops = 0; hops < 10 && back.host === issuer.host; hops++) back = (await visitor.go(back.href, false)).url
    expect(back.pathname).toBe('/login/oidc/callback')
    const stolen = await new Visitor().go(back.href)
    expect([stolen.status, codeOf(stolen.text)]).toEqual([401, 'bad_login'])
    expect((await visitor.go(back.href, false)).status).toBe(303)
    const again = await visitor.go(back.href)
    expect([again.status, codeOf(again.text)]).toEqual([401, 'bad_login'])
  })

  it('lets nobody in while the provider is down, and sessions that have begun go on', async () => {
    const visitor = new Visitor()
    await visitor.go(`${own()}/login/oidc?to=/status`)
    provider.close()
    provider.closeAllConnections()
    expect((await visitor.go(`${own()}/status`)).status).toBe(200)
    await using other = await openLockedServer({}, { oidc: configOf(issuer) })
    const answer = await other.server.inject({ url: '/login/oidc', headers: { host: 'localhost' } })
    expect([answer.statusCode, answer.json().error.code]).toEqual([503, 'auth_unavailable'])
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
