import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { hashPassword, passwordFault, verifyPassword } from '../../../src/auth/password.ts'
import { signAddress } from '../../../src/auth/signed-address.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { bearer, keys } from '../../fakes/locked-server.ts'
import { PASSWORD } from '../../fakes/users.ts'
import { ROUTE_RULES } from '../route-rules.ts'
import type { SecurityLab } from '../security-lab.ts'
import type { Trial } from '../trial.ts'

/** Who asks, from the least to the most. */
const SUBJECTS = ['nobody', 'page', 'viewer', 'operator', 'admin'] as const
const RANK = { public: 0, watch: 1, view: 2, operate: 3, admin: 4 } as const

export const SESSION_TRIALS: readonly Trial[] = [
  {
    id: 'X1',
    what: { en: 'every route of the router, without credentials', es: 'todas las rutas, sin credenciales' },
    answer: { en: '401, but for those that are public', es: '401, salvo las públicas' },
    run: async (lab) => {
      deepEqual(lab.routes.map(({ name, action }) => [name, action]).toSorted(), Object.entries(ROUTE_RULES).toSorted())
      for (const route of lab.routes) {
        const { status, code } = await lab.ask(fill(route.path), { method: route.method })
        if (route.action === 'public') notEqual(code, 'login_required', route.name)
        else deepEqual([route.name, status, code], [route.name, 401, 'login_required'])
      }
    },
  },
  {
    id: 'X2',
    what: { en: 'every route, with every role', es: 'todas las rutas, con todos los papeles' },
    answer: { en: '403 where the role is not enough', es: '403 donde el papel no basta' },
    run: async (lab) => {
      for (const route of lab.routes) {
        for (const [rank, subject] of SUBJECTS.entries()) {
          const answer = await askAs(lab, route, subject)
          const isEnough = rank >= RANK[route.action as keyof typeof RANK]
          const refusal = subject === 'nobody' ? 'login_required' : 'forbidden'
          equal(answer.code === refusal, !isEnough, `${route.name} as ${subject}: ${answer.status} ${answer.code}`)
        }
      }
    },
  },
  {
    id: 'X3',
    what: { en: 'every route, for a camera of others', es: 'todas las rutas, con una cámara ajena' },
    answer: { en: '404, letter by letter as for one that does not exist', es: '404, letra por letra como una que no existe' },
    run: async (lab) => {
      for (const { method, path, name } of lab.routes.filter((route) => route.path.includes('{id}'))) {
        if (name === 'DELETE /api/viewers/{id}') continue // the id of a viewer
        const texts = await Promise.all(
          ['hall', 'none', '%68all'].map((id) => lab.ask(path.replace('{id}', id), { method, key: 'one' })),
        )
        const isAdmins = ROUTE_RULES[name] === 'admin'
        equal(new Set(texts.map(({ status, text }) => `${status} ${text}`)).size, 1, name)
        deepEqual([name, texts[0]?.status], [name, isAdmins && texts[0]?.status === 403 ? 403 : 404])
      }
      equal((await lab.send('POST', '/api/sign', { path: '/camera/hall' }, { key: 'one' })).code, 'camera_not_found')
    },
  },
  {
    id: 'X4',
    what: { en: 'a parameter twice, or as a list', es: 'un parámetro dos veces, o como lista' },
    answer: { en: '400, or the parameter is ignored', es: '400, o se ignora el parámetro' },
    run: async (lab) => {
      equal((await lab.ask('/camera/door/snapshot?width=320&width=640', { key: 'viewer' })).status, 400)
      equal((await lab.ask('/api/viewers?camera=door&camera=hall', { key: 'one' })).status, 400)
      ok(!(await lab.ask('/api/viewers?camera[]=hall', { key: 'one' })).text.includes('hall'))
    },
  },
  {
    id: 'X5',
    what: {
      en: '`/%61pi/config`, `//api/config`, `/API/config`, `/api/config;x` …',
      es: '`/%61pi/config`, `//api/config`, `/API/config`, `/api/config;x` …',
    },
    answer: { en: 'as the plain address, or 404', es: 'como la dirección normal, o 404' },
    run: async (lab) => {
      const paths = ['/%61pi/config', '//api/config', '/api/./config', '/API/config', '/api/config;x', '/x/../api/config']
      for (const path of [
        ...paths,
        '/api//config',
        '/api/config/',
        '/api%2fconfig',
        '/api\\config',
        '/api/config%00',
        '/api/config?',
      ])
        ok([400, 403, 404].includes((await lab.ask(path, { key: 'viewer' })).status), path)
    },
  },
  {
    id: 'X6',
    what: { en: 'a signed address that has expired, or is of the future', es: 'una dirección firmada vencida, o del futuro' },
    answer: { en: '403 `link_expired`', es: '403 `link_expired`' },
    run: async (lab) => {
      for (const now of [Date.now() - 3_600_000, Date.now() + 3_600_000])
        equal((await lab.ask(sign(lab, '/camera/door/snapshot', now))).code, 'link_expired')
    },
  },
  {
    id: 'X7',
    what: { en: 'a signature for another camera, parameter or method', es: 'una firma para otra cámara, parámetro o método' },
    answer: { en: '403 `bad_signature`', es: '403 `bad_signature`' },
    run: async (lab) => {
      const signed = sign(lab, '/camera/door/snapshot?width=320')
      equal((await lab.ask(signed)).status, 200)
      equal((await lab.ask(signed, { method: 'HEAD' })).status, 200)
      const others = [
        signed.replace('door', 'hall'),
        signed.replace('/snapshot', ''),
        `${signed}&width=640`,
        `${signed}&fps=1`,
        signed.replace('width=320&', ''),
        signed.replace('width=320', 'width=320&width=320'),
        signed.replace(/by=\w+/, `by=${keys.admin.id}`),
        signed.replace(/expires=\d+/, 'expires=9999999999'),
      ]
      for (const other of others) equal((await lab.ask(other)).code, 'bad_signature', other)
      for (const method of ['POST', 'PUT', 'DELETE']) ok([403, 405].includes((await lab.ask(signed, { method })).status))
    },
  },
  {
    id: 'X8',
    what: { en: 'a signature that is cut, empty, no base64, or 10 KB', es: 'una firma cortada, vacía, sin base64, o de 10 KB' },
    answer: { en: '403, compared by hashes of one length', es: '403, comparada por resúmenes de igual longitud' },
    run: async (lab) => {
      const signed = sign(lab, '/camera/door/snapshot')
      for (const wrong of ['', 'A', '%00', '*'.repeat(43), 'A'.repeat(10_000)])
        equal((await lab.ask(signed.replace(/signature=[\w-]+/, `signature=${wrong}`))).code, 'bad_signature')
      equal((await lab.ask(signed.slice(0, -2))).code, 'bad_signature')
    },
  },
  {
    id: 'X9',
    what: { en: 'a session again, after logging out', es: 'una sesión, tras cerrarla' },
    answer: { en: '401, and what is open ends within 5 s', es: '401, y lo abierto termina en 5 s' },
    run: async (lab) => {
      const cookie = await lab.locked.logIn('vera')
      const stream = await lab.locked.begin('/camera/door', { cookie })
      const ended = once(stream.resume(), 'close', { signal: AbortSignal.timeout(5000) })
      const headers = { cookie, 'sec-fetch-site': 'same-origin' }
      equal((await lab.ask('/api/logout', { method: 'POST', headers })).status, 204)
      await ended
      equal((await lab.ask('/status', { headers })).code, 'login_required')
    },
  },
  {
    id: 'X10',
    what: { en: 'a JWT: `alg: none`, or signed with something else', es: 'un JWT: `alg: none`, o firmado con otra cosa' },
    answer: { en: '401: there are no JWTs', es: '401: no hay JWT' },
    run: async (lab) => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
      for (const header of [{ alg: 'none' }, { alg: 'HS256', jku: 'http://evil.example' }]) {
        const authorization = `Bearer ${part(header)}.${part({ sub: 'ana', role: 'admin' })}.`
        equal((await lab.ask('/status', { headers: { authorization } })).code, 'bad_key')
      }
    },
  },
  {
    id: 'X11',
    what: { en: 'a key for programs in an address', es: 'una clave para programas en una dirección' },
    answer: { en: '400 `key_in_address`', es: '400 `key_in_address`' },
    run: async (lab) => {
      for (const name of ['key', 'token', 'embed'])
        equal((await lab.ask(`/status?${name}=${keys.admin.key}`)).code, 'key_in_address')
    },
  },
  {
    id: 'X12',
    what: {
      en: '1,000 wrong passwords, from one address and from 1,000 claimed ones',
      es: '1000 contraseñas erróneas, de una dirección y de 1000 fingidas',
    },
    answer: {
      en: '429 after five; others are not kept out; memory is bounded',
      es: '429 tras cinco; no se cierra a los demás; memoria limitada',
    },
    run: async (lab) => {
      const attempt = (address: string, user: string, password: string, forwarded?: string) =>
        lab.askFrom(address, {
          method: 'POST',
          url: '/api/login',
          payload: { user, password },
          ...(forwarded !== undefined && { headers: { 'x-forwarded-for': forwarded } }),
        })
      const counts = async (ask: (index: number) => ReturnType<typeof attempt>) => {
        const codes = []
        for (let index = 0; index < 1000; index++) codes.push((await ask(index)).code)
        return codes.filter((code) => code !== 'too_many_logins').length
      }
      const claimed = (index: number) => `172.16.${index >> 8}.${index & 255}`
      equal((await attempt('10.7.7.7', 'vera', PASSWORD)).status, 204) // known there from now on
      ok((await counts(() => attempt('10.8.8.8', 'olga', 'wrong'))) <= 6)
      ok(
        (await counts((index) => attempt('10.8.8.9', 'vera', 'wrong', claimed(index)))) <= 6,
        'nobody is trusted who only claims',
      )
      ok((await counts((index) => attempt('10.0.0.1', 'vera', 'wrong', claimed(index)))) <= 30, 'a name has a limit of its own')
      equal((await attempt('10.8.8.10', 'ana', PASSWORD)).status, 204)
      equal((await attempt('10.7.7.7', 'vera', PASSWORD)).status, 204)
      ok(lab.locked.open.access.limiter.size < 31_000)
    },
  },
  {
    id: 'X13',
    what: { en: 'the time that a name takes which does not exist', es: 'el tiempo de un nombre que no existe' },
    answer: { en: 'a hash is computed all the same', es: 'se calcula un resumen de todos modos' },
    isLong: true,
    run: async () => {
      const password = new Secret(PASSWORD)
      const hash = await hashPassword(password)
      const timeOf = async (known: string | undefined) => {
        const began = performance.now()
        await verifyPassword(password, known)
        return performance.now() - began
      }
      const ratio = (await timeOf(undefined)) / (await timeOf(hash))
      ok(ratio > 0.2 && ratio < 5, `unknown takes ${ratio.toFixed(2)} times as long`)
    },
  },
  {
    id: 'X14',
    what: { en: 'a password of 1 MB', es: 'una contraseña de 1 MB' },
    answer: {
      en: '413 before anything is hashed; 64 letters of any script will do',
      es: '413 antes de calcular nada; sirven 64 letras de cualquier escritura',
    },
    run: async (lab) => {
      equal((await lab.send('POST', '/api/login', { user: 'vera', password: 'x'.repeat(1_000_000) })).status, 413)
      equal((await lab.send('POST', '/api/login', { user: 'vera', password: 'x'.repeat(1000) })).status, 400)
      equal(passwordFault(new Secret('ñandú-Ελλάδα-日本語🦜'.repeat(3).slice(0, 64)), 'vera'), undefined)
    },
  },
  {
    id: 'X15',
    what: { en: '`X-Forwarded-User` from anybody', es: '`X-Forwarded-User` de cualquiera' },
    answer: { en: 'ignored: 401', es: 'se ignora: 401' },
    run: async (lab) => {
      const headers = { 'x-forwarded-user': 'ana', 'remote-user': 'ana', 'x-atalaya-proxy-secret': 'shared between two' }
      equal((await lab.ask('/status', { headers })).code, 'login_required')
    },
  },
  {
    id: 'X16',
    what: { en: 'the same from the proxy, without the secret', es: 'lo mismo desde el proxy, sin el secreto' },
    answer: { en: '401', es: '401' },
    run: async (lab) => {
      equal((await lab.askFrom('10.0.0.1', { url: '/status', headers: { 'x-forwarded-user': 'ana' } })).status, 401)
    },
  },
  {
    id: 'X17',
    what: { en: 'a session cookie that somebody has chosen', es: 'una cookie de sesión elegida por otro' },
    answer: { en: 'another one after the login', es: 'otra tras identificarse' },
    run: async (lab) => {
      const cookie = `atalaya=${'A'.repeat(43)}`
      const fresh = await lab.locked.logIn('vera', { cookie })
      match(fresh, /^atalaya=[\w-]{43};/)
      ok(!fresh.startsWith(cookie))
      equal((await lab.ask('/status', { headers: { cookie } })).status, 401)
    },
  },
]

/** A camera that does not exist, so that nothing happens to one that does. */
function fill(path: string): string {
  return path.replace('{id}', 'none').replace('{name}', 'none.js')
}

function askAs(lab: SecurityLab, { method, path }: SecurityLab['routes'][number], subject: (typeof SUBJECTS)[number]) {
  const target = fill(path)
  if (subject === 'nobody') return lab.ask(target, { method })
  if (subject !== 'page') return lab.ask(target, { method, headers: bearer(subject) })
  // whoever has the key of a page asks for its own camera, for others do not exist
  const own = path.replace('{id}', 'door').replace('{name}', 'none.js')
  return lab.ask(`${own}?embed=${keys.page.key}`, { method, headers: { referer: 'https://lab.example/' } })
}

function sign(lab: SecurityLab, address: string, now = Date.now()): string {
  const key = lab.locked.open.access.store.data?.signingKey ?? ''
  return signAddress(address, { key, by: keys.operator.id, now, forMs: 60_000 })
}
