import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { sourceFromText } from '../../../src/config/camera-source.ts'
import { parseCameraUrl } from '../../../src/lib/camera-url.ts'
import { type Destinations, guardedConnect } from '../../../src/lib/destinations.ts'
import { openSource } from '../../../src/sources/open-source.ts'
import { SILENT_LOG } from '../../../src/telemetry/log.ts'
import { MemoryEngines } from '../../fakes/memory-engines.ts'
import type { SecurityLab } from '../security-lab.ts'
import type { Trial } from '../trial.ts'

const CANARY = 'canary7pass'

export const SOURCE_TRIALS: readonly Trial[] = [
  {
    id: 'X44',
    what: {
      en: 'cameras at `file:///etc/passwd`, `exec:`, `pipe:0`, `concat:`, `gopher://` …',
      es: 'cámaras en `file:///etc/passwd`, `exec:`, `pipe:0`, `concat:`, `gopher://` …',
    },
    answer: { en: '422; files are for the configuration only', es: '422; los archivos son solo para la configuración' },
    run: (lab) =>
      refuseAll(lab, [
        'file:///etc/passwd',
        'exec:ls',
        'pipe:0',
        'concat:a|b',
        'data:x',
        'gopher://10.0.0.9/',
        'tcp://10.0.0.9:1',
        'javascript:alert(1)',
      ]),
  },
  {
    id: 'X45',
    what: {
      en: 'cameras at this machine: `localhost`, `[::1]`, `2130706433`, `127.1` …',
      es: 'cámaras en esta máquina: `localhost`, `[::1]`, `2130706433`, `127.1` …',
    },
    answer: { en: '422', es: '422' },
    run: (lab) =>
      refuseAll(lab, [
        ...[
          '127.0.0.1',
          'localhost',
          '[::1]',
          '0.0.0.0',
          '2130706433',
          '0x7f000001',
          '127.1',
          '[::ffff:7f00:1]',
          '①②⑦.0.0.1',
        ].map((host) => `http://${host}:8080/`),
        `http://127.0.0.1:${lab.port}/camera/door`,
      ]),
  },
  {
    id: 'X46',
    what: {
      en: 'cameras where clouds keep what a machine may do',
      es: 'cámaras donde las nubes guardan lo que puede una máquina',
    },
    answer: { en: '422', es: '422' },
    run: (lab) =>
      refuseAll(lab, [
        'http://169.254.169.254/latest/',
        'http://[fd00:ec2::254]/',
        'http://100.100.100.200/',
        'rtsp://[fe80::1]/',
      ]),
  },
  {
    id: 'X47',
    what: { en: 'a name that leads elsewhere the next time', es: 'un nombre que la próxima vez lleva a otra parte' },
    answer: { en: 'connected to what was checked', es: 'se conecta a lo que se comprobó' },
    run: async () => {
      const checked: string[] = []
      const destinations: Destinations = { fault: (address) => void checked.push(address) }
      const { lookup } = guardedConnect(parseCameraUrl('http://localhost/').with({ destinations }), 80)
      ok(lookup)
      const found = await new Promise<string[]>((resolve, reject) =>
        lookup('localhost', { all: true }, (error, addresses) =>
          error ? reject(error) : resolve([addresses].flat().map((one) => (typeof one === 'string' ? one : one.address))),
        ),
      )
      ok(found.length > 0 && found.every((address) => checked.includes(address)))
    },
  },
  {
    id: 'X48',
    what: {
      en: 'a camera that refers to this machine, to a file, or round in circles',
      es: 'una cámara que remite a esta máquina, a un archivo, o en círculos',
    },
    answer: { en: 'not followed, and never with the password', es: 'no se sigue, y nunca con la contraseña' },
    run: async () => {
      for (const location of ['file:///etc/passwd', 'gopher://x/', '/again', 'rtsp://10.0.0.9/']) {
        let asked = 0
        const refer: RequestListener = (_, answer) => {
          asked++
          answer.writeHead(302, { Location: location }).end()
        }
        equal(await visitWeb(refer), 'failed')
        ok(asked <= 5, `${location}: asked ${asked} times`)
      }
      const heard: string[] = []
      const other = await listen(
        createServer(({ headers }, answer) => {
          heard.push(JSON.stringify(headers))
          answer.end()
        }),
      )
      const wanted: RequestListener = ({ headers }, answer) =>
        headers.authorization
          ? answer.writeHead(302, { Location: `http://127.0.0.1:${other.port}/` }).end()
          : answer.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end()
      await visitWeb(wanted)
      ok(heard.length > 0 && !heard.some((headers) => headers.includes('authorization')))
      other.close()
    },
  },
  {
    id: 'X49',
    what: { en: 'cameras at port 22, 25, 6379', es: 'cámaras en los puertos 22, 25, 6379' },
    answer: { en: '422', es: '422' },
    run: (lab) =>
      refuseAll(lab, ['http://10.0.0.9:22/', 'http://10.0.0.9:25/', 'rtsp://10.0.0.9:6379/', 'http://10.0.0.9:2375/']),
  },
  {
    id: 'X50',
    what: { en: 'line breaks, spaces and NUL in an address', es: 'saltos de línea, espacios y NUL en una dirección' },
    answer: { en: '422', es: '422' },
    run: (lab) =>
      refuseAll(lab, ['rtsp://u:p@h\r\nX: y/', 'rtsp://10.0.0.9/a\r\nX: y', 'rtsp://u\u0000@10.0.0.9/', 'rtsp://a b/']),
  },
  {
    id: 'X51',
    what: { en: '`;rm -rf /`, `$(id)`, `|` in a path', es: '`;rm -rf /`, `$(id)`, `|` en una ruta' },
    answer: {
      en: 'a path like any other: no shell, no command line',
      es: 'una ruta como otra: ni intérprete ni línea de órdenes',
    },
    run: async (lab) => {
      const path = ';rm%20-rf%20/$(id)`id`|x&-i'
      const added = await lab.send('POST', '/api/cameras', { id: 'odd', url: `rtsp://10.0.0.9/${path}` }, { key: 'admin' })
      deepEqual([added.status, JSON.parse(added.text).settings.url], [201, `rtsp://10.0.0.9/${path}`])
      equal((await lab.ask('/api/cameras/odd', { method: 'DELETE', key: 'admin' })).status, 204)
    },
  },
  {
    id: 'X52',
    what: { en: 'a host that looks like an option: `-f`', es: 'un equipo que parece una opción: `-f`' },
    answer: { en: '422', es: '422' },
    run: (lab) => refuseAll(lab, ['rtsp://-f/', 'rtsp://-i:554/x']),
  },
  {
    id: 'X53',
    what: { en: 'a password with `@ : # % / ?`, spaces and ü', es: 'una contraseña con `@ : # % / ?`, espacios y ü' },
    answer: { en: 'works, and is in no answer', es: 'funciona, y no está en ninguna respuesta' },
    run: async (lab) => {
      const password = `${CANARY}@:#%/? ü`
      const body = { id: 'secret', url: 'rtsp://10.0.0.9/1', user: 'admin', password }
      const answers = [await lab.send('POST', '/api/cameras', body, { key: 'admin' })]
      equal(answers[0]?.status, 201)
      for (const path of ['/api/cameras/secret', '/api/cameras', '/status', '/metrics', '/api/config'])
        answers.push(await lab.ask(path, { key: 'admin' }))
      ok(!answers.some(({ text }) => text.includes(CANARY)))
      equal((await lab.ask('/api/cameras/secret', { method: 'DELETE', key: 'admin' })).status, 204)
    },
  },
  {
    id: 'X54',
    what: {
      en: 'a camera that answers HTML, a playlist, gzip, no boundary, wrong lengths, 3,000 headers',
      es: 'una cámara que responde HTML, una lista, gzip, sin separador, longitudes falsas, 3000 cabeceras',
    },
    answer: { en: 'refused with a reason', es: 'se rechaza con un motivo' },
    run: async () => {
      const as =
        (type: string, body: string | Buffer, more = {}) =>
        (_: IncomingMessage, answer: ServerResponse) =>
          void answer.writeHead(200, { 'Content-Type': type, ...more }).end(body)
      equal(await visitWeb(as('text/html', '<h1>no</h1>')), 'failed')
      equal(await visitWeb(as('application/vnd.apple.mpegurl', '#EXTM3U\nfile:///etc/passwd')), 'failed')
      equal(await visitWeb(as('image/jpeg', Buffer.alloc(1000), { 'Content-Encoding': 'gzip' })), 'failed')
      equal(await visitWeb(as('multipart/x-mixed-replace', 'x'.repeat(100_000))), 'failed')
      equal(
        await visitWeb(
          as('multipart/x-mixed-replace;boundary=b', `--b\r\nContent-Length: 10000000000\r\n\r\n${'x'.repeat(1000)}`),
        ),
        'failed',
      )
      equal(await visitTcp('http', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'), 'failed')
      equal(await visitTcp('http', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(3000)}\r\n`), 'failed')
    },
  },
  {
    id: 'X55',
    what: {
      en: 'a description of 1 MB, with 10,000 streams, elsewhere, of type 300',
      es: 'una descripción de 1 MB, con 10 000 flujos, en otra parte, de tipo 300',
    },
    answer: { en: 'refused with a reason', es: 'se rechaza con un motivo' },
    run: async () => {
      const video = 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n'
      for (const sdp of [
        `v=0\r\n${'a=x\r\n'.repeat(220_000)}${video}`,
        `v=0\r\n${video.replace('m=video', 'm=application').repeat(10_000)}`,
        'v=0\r\nm=video 0 RTP/AVP 300\r\na=rtpmap:300 H264/90000\r\n',
        'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/-5\r\n',
      ])
        equal(await visitRtsp(sdp), 'failed', sdp.slice(0, 60))
      const elsewhere = await visitRtsp(`v=0\r\n${video}a=control:rtsp://10.255.255.1/elsewhere\r\n`)
      equal(elsewhere, 'failed')
    },
  },
  {
    id: 'X58',
    what: {
      en: 'an answer of a camera with lone line breaks, no number, or of 1 MB',
      es: 'una respuesta de cámara con saltos sueltos, sin número, o de 1 MB',
    },
    answer: { en: 'an error, and another try later', es: 'un error, y otro intento después' },
    run: async () => {
      for (const text of [
        'RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: \r\r\n\r\n',
        'RTSP/1.0 200 OK\r\n\r\n',
        'RTSP/1.0 999\r\n\r\n',
        'garbage\r\n\r\n',
        'x'.repeat(1_000_000),
      ])
        equal(await visitTcp('rtsp', text), 'failed')
    },
  },
  {
    id: 'X60',
    what: { en: 'a picture with a script in its comment', es: 'una imagen con un script en su comentario' },
    answer: { en: '`image/jpeg` and `nosniff`', es: '`image/jpeg` y `nosniff`' },
    run: async (lab) => {
      const { headers } = await lab.ask('/camera/door/snapshot', { key: 'viewer' })
      deepEqual([headers['content-type'], headers['x-content-type-options']], ['image/jpeg', 'nosniff'])
      match(String((await lab.ask('/camera/door', { key: 'viewer' })).headers['x-content-type-options']), /nosniff/)
    },
  },
  {
    id: 'X61',
    what: { en: '10,000 cameras by the API', es: '10 000 cámaras por la API' },
    answer: { en: '409 from `limits.cameras` on', es: '409 desde `limits.cameras`' },
    run: async (lab) => {
      const codes = []
      for (let count = 0; count < 6; count++)
        codes.push((await lab.send('POST', '/api/cameras', { id: `many${count}`, url: 'test:clock' }, { key: 'admin' })).status)
      deepEqual(codes, [201, 201, 409, 409, 409, 409])
      for (const id of ['many0', 'many1']) await lab.ask(`/api/cameras/${id}`, { method: 'DELETE', key: 'admin' })
    },
  },
]

async function refuseAll(lab: SecurityLab, urls: readonly string[]): Promise<void> {
  for (const url of urls) {
    const { status, text } = await lab.send('POST', '/api/cameras', { id: 'probe', url }, { key: 'admin' })
    equal(status, 422, `${JSON.stringify(url)}: ${status} ${text}`)
    equal((await lab.send('POST', '/api/diagnose', { url }, { key: 'admin' })).status, 422, url)
  }
}

/** Opens a camera as the gateway would, for three seconds at most. */
async function visit(url: string): Promise<'failed' | 'goes on'> {
  const source = openSource({ name: 'x', source: sourceFromText(url) }, { engines: new MemoryEngines(), log: SILENT_LOG })
  try {
    await source.run({ track: () => undefined, packet: () => undefined }, AbortSignal.timeout(3000))
    return 'goes on'
  } catch {
    return 'failed' // the codes are what the tests of the sources are about
  }
}

async function visitWeb(listener: RequestListener): Promise<'failed' | 'goes on'> {
  const camera = await listen(createServer(listener))
  const result = await visit(`http://admin:${CANARY}@127.0.0.1:${camera.port}/`)
  camera.close()
  return result
}

/** A camera that says this to whatever it is asked. */
async function visitTcp(scheme: string, answer: string): Promise<'failed' | 'goes on'> {
  const sockets = new Set<Socket>()
  const camera = await listen(
    createTcpServer((socket) => {
      sockets.add(socket.on('error', () => undefined))
      socket.once('data', () => socket.end(answer))
    }),
  )
  const result = await visit(`${scheme}://127.0.0.1:${camera.port}/`)
  for (const socket of sockets) socket.destroy()
  camera.close()
  return result
}

/** A camera that describes itself in these words, and knows nothing else. */
async function visitRtsp(sdp: string): Promise<'failed' | 'goes on'> {
  const camera = await listen(
    createTcpServer((socket) => {
      socket
        .on('error', () => undefined)
        .on('data', (data) => {
          const [, method = '', cseq = ''] = /^(\w+)[\s\S]*?CSeq: *(\d+)/i.exec(data.toString('latin1')) ?? []
          const head = (status: string) => `RTSP/1.0 ${status}\r\nCSeq: ${cseq}\r\n`
          if (method === 'DESCRIBE')
            socket.write(`${head('200 OK')}Content-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`)
          else socket.write(method === 'OPTIONS' ? `${head('200 OK')}\r\n` : `${head('454 Session Not Found')}\r\n`)
        })
    }),
  )
  const result = await visit(`rtsp://127.0.0.1:${camera.port}/`)
  camera.close()
  return result
}

async function listen<Server extends { listen(port: number, host: string): unknown; address(): unknown; close(): unknown }>(
  server: Server,
) {
  server.listen(0, '127.0.0.1')
  await once(server as unknown as NodeJS.EventEmitter, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}
