import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { WebSocket } from 'ws'
import { bearer } from '../../fakes/locked-server.ts'
import type { SecurityLab } from '../security-lab.ts'
import type { Trial } from '../trial.ts'

export const HTTP_TRIALS: readonly Trial[] = [
  {
    id: 'X27',
    what: { en: 'line breaks in a path or a parameter', es: 'saltos de línea en una ruta o un parámetro' },
    answer: { en: '400 or 404, and no header comes of it', es: '400 o 404, y no nace ninguna cabecera' },
    run: async (lab) => {
      for (const path of ['/camera/%0d%0aX-Evil:%201', '/login?to=%0d%0aX-Evil:%201', '/camera/door?width=%0d%0aX-Evil:1']) {
        const { headers } = await lab.ask(path, { key: 'viewer' })
        equal(headers['x-evil'], undefined, path)
      }
      match((await lab.raw('GET /\rX HTTP/1.1\r\nHost: localhost\r\n\r\n')).text, /^HTTP\/1.1 400 /)
    },
  },
  {
    id: 'X28',
    what: {
      en: 'two lengths, a length beside chunks, folded headers, bare line feeds, no `Host`',
      es: 'dos longitudes, longitud junto a trozos, cabeceras dobladas, saltos sin retorno, sin `Host`',
    },
    answer: { en: '400, and the connection is closed', es: '400, y se cierra la conexión' },
    run: async (lab) => {
      const post = 'POST /api/login HTTP/1.1\r\nHost: localhost\r\n'
      for (const bytes of [
        `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        `${post}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`,
        'GET /livez HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n',
        'GET /livez HTTP/1.1\nHost: localhost\n\n',
        'GET /livez HTTP/1.1\r\n\r\n',
      ]) {
        const { text, isClosed } = await lab.raw(bytes)
        ok(/^HTTP\/1.1 400 /.test(text) && isClosed, `${JSON.stringify(bytes)}: ${text.slice(0, 60)} ${isClosed}`)
      }
    },
  },
  {
    id: 'X29',
    what: { en: 'a header of 17 KB, or 2,500 headers', es: 'una cabecera de 17 KB, o 2500 cabeceras' },
    answer: { en: '431', es: '431' },
    run: async (lab) => {
      const begin = 'GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n'
      match((await lab.raw(`${begin}X: ${'a'.repeat(17_000)}\r\n\r\n`)).text, /^HTTP\/1.1 431 /)
      match((await lab.raw(`${begin}${'a:b\r\n'.repeat(2500)}\r\n`)).text, /^HTTP\/1.1 431 /)
    },
  },
  {
    id: 'X30',
    what: {
      en: 'JSON of 11 MB, 10,000 levels deep, with `__proto__`, with a key twice',
      es: 'JSON de 11 MB, de 10 000 niveles, con `__proto__`, con una clave repetida',
    },
    answer: { en: '413, 400, 422; no prototype is touched', es: '413, 400, 422; no se toca ningún prototipo' },
    run: async (lab) => {
      const post = (body: string) =>
        lab.ask('/api/cameras', { method: 'POST', key: 'admin', headers: { 'content-type': 'application/json' }, body })
      equal((await post(`"${'x'.repeat(11_000_000)}"`)).status, 413)
      ok([400, 422].includes((await post('['.repeat(10_000) + ']'.repeat(10_000))).status))
      for (const body of [
        '{"id":"x","url":"test:clock","__proto__":{"polluted":1}}',
        '{"constructor":{"prototype":{"polluted":1}}}',
      ])
        ok([400, 422].includes((await post(body)).status), body)
      equal(({} as Record<string, unknown>)['polluted'], undefined)
      ok([400, 422].includes((await post('{"id":"twice","id":"<x>","url":"test:clock"}')).status))
    },
  },
  {
    id: 'X31',
    what: { en: 'a request that comes one byte at a time', es: 'una petición que llega byte a byte' },
    answer: { en: '408 within 12 s', es: '408 en 12 s' },
    isLong: true,
    run: async (lab) => {
      const begin = 'POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n'
      for (const { text, isClosed } of await Promise.all([lab.raw(begin, 12_500), lab.raw(`${begin}\r\n{`, 12_500)]))
        ok(isClosed && /^HTTP\/1.1 408 /.test(text), text.slice(0, 80))
    },
  },
  {
    id: 'X32',
    what: { en: 'thousands of connections that say nothing', es: 'miles de conexiones que no dicen nada' },
    answer: { en: 'others are answered as ever', es: 'a los demás se les responde como siempre' },
    isLong: true,
    run: async (lab) => {
      const sockets = await openSockets(lab, 3000)
      equal((await lab.ask('/status', { key: 'viewer' })).status, 200)
      for (const socket of sockets) socket.destroy()
    },
  },
  {
    id: 'X33',
    what: { en: '`Range` on pictures', es: '`Range` sobre imágenes' },
    answer: { en: 'ignored: the whole picture', es: 'se ignora: la imagen entera' },
    run: async (lab) => {
      for (const range of ['bytes=0-', 'bytes=0-1,5-9,20-', 'bytes=-1', `bytes=${'0-,'.repeat(500)}`]) {
        const { status, headers } = await lab.ask('/camera/door/snapshot', { key: 'viewer', headers: { range } })
        deepEqual([status, headers['content-range']], [200, undefined])
      }
    },
  },
  {
    id: 'X34',
    what: { en: '`TRACE`, `CONNECT`, a method that nobody knows', es: '`TRACE`, `CONNECT`, un método que nadie conoce' },
    answer: { en: '405, 400', es: '405, 400' },
    run: async (lab) => {
      const tail = 'HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
      for (const line of ['TRACE /status', 'CONNECT evil.example:25', 'PROPFIND /status', 'EVIL /status'])
        match((await lab.raw(`${line} ${tail}`)).text, /^HTTP\/1.1 40[05] /, line)
    },
  },
  {
    id: 'X35',
    what: {
      en: '`fps=0`, `-1`, `1e309`, `NaN`; `width=0`, `65536`, `1.5`',
      es: '`fps=0`, `-1`, `1e309`, `NaN`; `width=0`, `65536`, `1.5`',
    },
    answer: { en: '400', es: '400' },
    run: async (lab) => {
      for (const query of [
        'fps=0',
        'fps=-1',
        'fps=1e309',
        'fps=NaN',
        'fps=999999',
        'width=0',
        'width=65536',
        'width=1.5',
        'quality=',
      ])
        equal((await lab.ask(`/camera/door?${query}`, { key: 'viewer' })).status, 400, query)
    },
  },
  {
    id: 'X36',
    what: { en: 'a body that unpacks to a gigabyte', es: 'un cuerpo que se descomprime en un gigabyte' },
    answer: { en: 'nothing is unpacked: 400, 415', es: 'no se descomprime nada: 400, 415' },
    run: async (lab) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
      const body = gzipSync(Buffer.alloc(20_000_000, ' '))
      ok([400, 413, 415].includes((await lab.ask('/api/cameras', { method: 'POST', key: 'admin', headers, body })).status))
    },
  },
  {
    id: 'X37',
    what: { en: 'thousands of different addresses', es: 'miles de direcciones distintas' },
    answer: { en: 'nothing is kept of them: no label, no rendition', es: 'nada se guarda de ellas: ni etiqueta ni tamaño' },
    isLong: true,
    run: async (lab) => {
      const seriesOf = async () => (await lab.ask('/metrics', { key: 'admin' })).text.split('\n').length
      const before = await seriesOf()
      for (let count = 0; count < 2000; count++)
        await lab.askFrom('10.1.1.1', { url: `/nothing/${count}?x=${count}`, headers: bearer('viewer') })
      ok((await seriesOf()) <= before + 20)
    },
  },
  {
    id: 'X38',
    what: {
      en: 'a WebSocket message of 64 MB, no UTF-8, or hundreds a second',
      es: 'un mensaje WebSocket de 64 MB, sin UTF-8, o cientos por segundo',
    },
    answer: { en: 'closed with 1009, 1007, 1008', es: 'se cierra con 1009, 1007, 1008' },
    isLong: true,
    run: async (lab) => {
      const closedWith = async (play: (socket: WebSocket) => void) => {
        const socket = new WebSocket(`ws://127.0.0.1:${lab.port}/api/wall`, { headers: bearer('viewer') })
        socket.on('error', () => undefined)
        await once(socket, 'open')
        play(socket)
        const [code] = await once(socket, 'close', { signal: AbortSignal.timeout(15_000) })
        return code as number
      }
      ok([1009, 1006].includes(await closedWith((socket) => socket.send(Buffer.alloc(64_000_000)))))
      equal(await closedWith((socket) => socket.send(Buffer.from([0xc3, 0x28]), { binary: false })), 1007)
      equal(
        await closedWith((socket) => {
          for (let count = 0; count < 20_000; count++) socket.send('{"type":"ping","at":1}')
        }),
        1008,
      )
    },
  },
  {
    id: 'X39',
    what: {
      en: 'WHEP: sessions that are no SDP, candidates, sessions of others',
      es: 'WHEP: sesiones que no son SDP, candidatos, sesiones ajenas',
    },
    answer: { en: '404: there is no WebRTC', es: '404: no hay WebRTC' },
    run: (lab) => absent(lab, ['/whep/door', '/camera/door/whep', '/api/whep']),
  },
  {
    id: 'X40',
    what: { en: 'garbage at media ports', es: 'basura en puertos de medios' },
    answer: { en: 'no port is open but that of the web', es: 'no hay más puerto abierto que el de la web' },
    run: async (lab) => absent(lab, ['/webrtc', '/ice']),
  },
]

async function absent(lab: SecurityLab, paths: readonly string[]): Promise<void> {
  for (const path of paths)
    for (const method of ['GET', 'POST', 'PATCH', 'DELETE'])
      ok([404, 405].includes((await lab.ask(path, { method, key: 'admin' })).status), path)
}

async function openSockets({ port }: SecurityLab, count: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1').on('error', () => undefined))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  return sockets
}
