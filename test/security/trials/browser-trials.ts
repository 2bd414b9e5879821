import { deepEqual, equal, match, ok } from 'node:assert/strict'
import type { Trial } from '../trial.ts'

const EVIL = 'https://evil.example'

export const BROWSER_TRIALS: readonly Trial[] = [
  {
    id: 'X18',
    what: { en: 'a page of another site changes something', es: 'una página de otro sitio cambia algo' },
    answer: { en: '403 on every route that changes anything', es: '403 en toda ruta que cambia algo' },
    run: async (lab) => {
      const cookie = await lab.locked.logIn('ana')
      const changing = lab.routes.filter(({ method, path }) => method !== 'GET' || path.startsWith('/stop'))
      ok(changing.length > 10)
      for (const { name, method, path } of changing) {
        for (const origin of [EVIL, 'null', 'http://localhost.evil.example']) {
          const headers = { cookie, origin, 'content-type': 'application/json' }
          const { code } = await lab.ask(path.replace('{id}', 'none'), { method, headers, body: '{}' })
          deepEqual([name, origin, code], [name, origin, 'forbidden_origin'])
        }
      }
    },
  },
  {
    id: 'X19',
    what: { en: 'JSON that says it is text', es: 'JSON que dice ser texto' },
    answer: { en: '415; with a session 403', es: '415; con una sesión, 403' },
    run: async (lab) => {
      const plain = { 'content-type': 'text/plain' }
      const body = '{"id":"x","url":"test:clock"}'
      equal((await lab.ask('/api/cameras', { method: 'POST', key: 'admin', headers: plain, body })).status, 415)
      const cookie = await lab.locked.logIn('ana')
      equal((await lab.ask('/api/cameras', { method: 'POST', headers: { ...plain, cookie }, body })).status, 403)
    },
  },
  {
    id: 'X20',
    what: {
      en: 'a change with a session, from nobody knows which page',
      es: 'un cambio con una sesión, no se sabe de qué página',
    },
    answer: { en: '403', es: '403' },
    run: async (lab) => {
      const cookie = await lab.locked.logIn('ana')
      for (const path of ['/stop/none', '/api/cameras/none/stop']) {
        const method = path.startsWith('/stop') ? 'GET' : 'POST'
        equal((await lab.ask(path, { method, headers: { cookie } })).code, 'forbidden_origin')
        equal((await lab.ask(path, { method, headers: { cookie, 'sec-fetch-site': 'cross-site' } })).code, 'forbidden_origin')
      }
    },
  },
  {
    id: 'X21',
    what: { en: 'a page of another site asks beforehand (CORS)', es: 'una página de otro sitio pregunta antes (CORS)' },
    answer: { en: 'no permission in the answer', es: 'ningún permiso en la respuesta' },
    run: async (lab) => {
      const headers = { origin: EVIL, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' }
      for (const { path, name } of lab.routes) {
        const answer = await lab.ask(path.replace('{id}', 'door').replace('{name}', 'none'), { method: 'OPTIONS', headers })
        const allowed = answer.headers['access-control-allow-origin']
        ok(allowed === undefined || (name === 'GET /atalaya-camera.js' && allowed === '*'), `${name}: ${allowed}`)
        equal(answer.headers['access-control-allow-credentials'], undefined)
      }
    },
  },
  {
    id: 'X22',
    what: {
      en: 'another name in `Host`, two of them, or `GET http://evil/`',
      es: 'otro nombre en `Host`, dos, o `GET http://evil/`',
    },
    answer: { en: '421, 400', es: '421, 400' },
    run: async (lab) => {
      equal((await lab.ask('/status', { key: 'viewer', headers: { host: 'evil.example' } })).status, 421)
      const hosts = await lab.raw('GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n')
      match(hosts.text, /^HTTP\/1.1 400 /)
      const absolute = await lab.raw('GET http://evil.example/livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
      match(absolute.text, /^HTTP\/1.1 4\d\d /)
    },
  },
  {
    id: 'X23',
    what: {
      en: 'a WebSocket of another page, or of none with a session',
      es: 'un WebSocket de otra página, o de ninguna con una sesión',
    },
    answer: { en: '403', es: '403' },
    run: async (lab) => {
      const cookie = (await lab.locked.logIn('ana')).split(';')[0]
      const upgrade =
        'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'
      for (const origin of ['', `Origin: ${EVIL}\r\n`, 'Origin: null\r\n']) {
        const { text } = await lab.raw(
          `GET /api/wall HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n${origin}${upgrade}\r\n`,
        )
        match(text, /^HTTP\/1.1 403 /)
      }
    },
  },
  {
    id: 'X24',
    what: {
      en: 'a camera called `<img src=x onerror=…>`, with U+202E, with 10,000 letters',
      es: 'una cámara llamada `<img src=x onerror=…>`, con U+202E, con 10 000 letras',
    },
    answer: {
      en: '400 as an id, 422 where it is invisible or too long, else text and nothing more',
      es: '400 como id, 422 si es invisible o demasiado largo; si no, texto y nada más',
    },
    run: async (lab) => {
      const add = (id: string, name: string) =>
        lab.send('POST', '/api/cameras', { id, name, url: 'test:clock' }, { key: 'admin' })
      for (const id of ['<img src=x onerror=alert(1)>', '"><script>', '{{7*7}}', '__proto__', '..', 'x'.repeat(65)])
        equal((await add(id, 'x')).status, 400, id)
      for (const name of ['a\u202eb', 'x'.repeat(10_000), 'a\nb', '\u0000']) equal((await add('named', name)).status, 422)
      equal((await add('named', '<img src=x onerror=alert(1)>')).status, 201)
      const page = await lab.ask('/', { key: 'viewer', headers: { accept: 'text/html' } })
      ok(!page.text.includes('<img src=x'))
      equal((await lab.ask('/api/cameras/named', { method: 'DELETE', key: 'admin' })).status, 204)
    },
  },
  {
    id: 'X25',
    what: { en: 'the pages in a frame of another site', es: 'las páginas en un marco de otro sitio' },
    answer: { en: 'their policy forbids it', es: 'su política lo prohíbe' },
    run: async (lab) => {
      for (const path of ['/', '/login', '/setup']) {
        const { headers } = await lab.ask(path, { key: 'viewer', headers: { accept: 'text/html' } })
        match(String(headers['content-security-policy']), /frame-ancestors 'self'/, path)
        ok(!/unsafe-(inline|eval)/.test(String(headers['content-security-policy'])), path)
      }
    },
  },
  {
    id: 'X26',
    what: { en: 'a file name with line breaks and quotes', es: 'un nombre de archivo con saltos de línea y comillas' },
    answer: { en: 'no answer names a file', es: 'ninguna respuesta nombra un archivo' },
    run: async (lab) => {
      for (const path of ['/camera/door/snapshot', '/camera/door', '/status', '/metrics'])
        equal((await lab.ask(path, { key: 'viewer' })).headers['content-disposition'], undefined)
    },
  },
]
