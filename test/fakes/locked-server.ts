import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { AuthConfig } from '../../src/config/auth-config.ts'
import type { Config } from '../../src/config/config.ts'
import { Secret } from '../../src/lib/secret.ts'
import { createHttpServer, type ServerParts } from '../../src/server/http-server.ts'
import { serverParts } from './server-parts.ts'
import { EMPTY_CONFIG, TestCamera } from './test-camera.ts'
import { openTestAccess, PASSWORD, type TestAccess, testKey, testUser, USERS_ONLY } from './users.ts'

/** Keys of every kind. */
export const keys = {
  viewer: testKey({ role: 'viewer' }),
  operator: testKey({ role: 'operator' }),
  admin: testKey({ role: 'admin' }),
  one: testKey({ role: 'operator', cameras: ['door'] }),
  local: testKey({ role: 'viewer', networks: ['10.9.9.0/24'] }),
  old: testKey({ role: 'admin', expires: '2026-02-01T00:00:00.000Z' }),
  page: testKey({ kind: 'embed', cameras: ['door'], origins: ['https://lab.example'] }),
}

export type Key = keyof typeof keys

export const users = { ana: testUser('admin'), olga: testUser('operator', ['door']), vera: testUser('viewer') }

/** The header with a key. */
export function bearer(key: Key): { authorization: string } {
  return { authorization: `Bearer ${keys[key].key}` }
}

/** A server with users and two cameras, `door` and `hall`, both live; a trusted proxy is at 10.0.0.1. */
export interface LockedServer extends AsyncDisposable {
  readonly open: TestAccess
  readonly door: TestCamera
  readonly hall: TestCamera
  readonly parts: ServerParts
  readonly server: FastifyInstance
  /** The status of an answer, with the code of its error. */
  ask(options: InjectOptions): Promise<number | string>
  /** The cookie of a new session. */
  logIn(user: string, headers?: Record<string, string>): Promise<string>
  /** An answer that goes on, of the server that listens. */
  begin(path: string, headers: Record<string, string>): Promise<IncomingMessage>
}

/** @param config what differs from the usual one; `further` is what does of its `auth` */
export async function openLockedServer(config: Partial<Config> = {}, further: Partial<AuthConfig> = {}): Promise<LockedServer> {
  const entries = Object.fromEntries(Object.values(keys).map(({ id, entry }) => [id, entry]))
  const open = await openTestAccess({ users, keys: entries }, { auth: { ...auth, ...further }, trustedProxies: ['10.0.0.1'] })
  const door = new TestCamera({ id: 'door', name: 'Door' })
  const hall = new TestCamera({ id: 'hall', name: 'Hall', default: false })
  const whole = { ...EMPTY_CONFIG, trustedProxies: ['10.0.0.1'], ...config }
  const parts = serverParts([door, hall], { access: open.access, config: whole })
  const server = await createHttpServer(parts)
  await Promise.all([door.goLive(), hall.goLive()])
  return {
    open,
    door,
    hall,
    parts,
    server,
    ask: async (options) => {
      const answer = await server.inject(options)
      return answer.statusCode < 400 ? answer.statusCode : `${answer.statusCode} ${answer.json().error.code}`
    },
    logIn: async (user, headers = {}) => {
      const answer = await server.inject({ method: 'POST', url: '/api/login', headers, payload: { user, password: PASSWORD } })
      return String(answer.headers['set-cookie'])
    },
    begin: async (path, headers) => {
      const { port } = server.server.address() as AddressInfo
      const [answer] = (await once(get({ host: '127.0.0.1', port, path, headers }), 'response')) as [IncomingMessage]
      answer.on('error', () => undefined) // the server ends it when the test is over
      return answer
    },
    [Symbol.asyncDispose]: async () => {
      parts.events.close()
      await Promise.all([door.camera.stop(), hall.camera.stop()])
      await server.close()
      await open.close()
    },
  }
}

const auth: AuthConfig = {
  ...USERS_ONLY,
  basic: true,
  viewers: ['192.168.50.0/24'],
  proxy: {
    secret: new Secret('shared between two'),
    userHeader: 'x-forwarded-user',
    groupsHeader: 'x-forwarded-groups',
    viewers: ['*'],
    operators: ['staff'],
    admins: [],
  },
}
