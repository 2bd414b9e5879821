import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { descendants, type GatewayProcess, startGatewayProcess } from '../e2e/gateway-process.ts'

const CANARY = 'canary7pass'
/** As a header would carry it, and as an address. */
const FORMS = [
  CANARY,
  Buffer.from(`admin:${CANARY}`).toString('base64'),
  Buffer.from(CANARY).toString('base64url'),
  'canary7%70ass',
]

let gateway: GatewayProcess
/** Every byte that came out of the gateway, but for what its own camera got. */
const said: { readonly where: string; readonly text: string }[] = []
/** What its own camera got. */
let ownCamera = ''
const closing: (() => void)[] = []

async function listen(server: ReturnType<typeof createTcpServer>): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  return (server.address() as AddressInfo).port
}

const note = (where: string, text: string) => void said.push({ where, text })

beforeAll(async () => {
  const stranger: RequestListener = ({ rawHeaders, url }, answer) => {
    note('to another host', `${url} ${rawHeaders.join(' ')}`)
    answer.end()
  }
  const strangers = await listen(createServer(stranger))
  // A camera that says the password that it was told in all that it says.
  const talkative: RequestListener = ({ rawHeaders, url, headers }, answer) => {
    ownCamera += `${url} ${rawHeaders.join(' ')}`
    const echo = { 'X-Echo': CANARY, 'WWW-Authenticate': `Basic realm="${CANARY}"` }
    if (!headers.authorization) answer.writeHead(401, CANARY, echo).end(CANARY)
    else if (url?.startsWith('/away'))
      answer.writeHead(302, CANARY, { ...echo, Location: `http://x:${CANARY}@127.0.0.1:${strangers}/` }).end()
    else answer.writeHead(404, CANARY, { ...echo, 'Content-Type': `text/html;x=${CANARY}` }).end(`<h1>${CANARY}</h1>`)
  }
  const web = await listen(createServer(talkative))
  const rtsp = await listen(
    createTcpServer((socket) => {
      socket
        .on('error', () => undefined)
        .on('data', (data) => {
          ownCamera += data.toString('latin1')
          const [, cseq = '1'] = /CSeq: *(\d+)/i.exec(data.toString('latin1')) ?? []
          socket.write(`RTSP/1.0 454 ${CANARY}\r\nCSeq: ${cseq}\r\nServer: ${CANARY}\r\nSession: ${CANARY}\r\n\r\n`)
        })
    }),
  )
  const camera = (port: number, path: string) =>
    `{ url: "http://127.0.0.1:${port}${path}", user: admin, password: "\${CAMERA_PASSWORD}" }`
  gateway = await startGatewayProcess({
    env: { CAMERA_PASSWORD: CANARY },
    args: ['--log-level', 'debug'],
    config: `
trustedProxies: [10.0.0.1]
auth: { viewers: [127.0.0.0/8], proxy: { secret: "${CANARY}-of-the-proxy" } }
destinations: [127.0.0.1]
cameras:
  clock: test:clock
  gone: "http://admin:${CANARY}@127.0.0.1:${web}/gone?password=${CANARY}"
  away: ${camera(web, '/away')}
  rtsp: "rtsp://admin:${CANARY}@127.0.0.1:${rtsp}/live?token=${CANARY}"
  libav: { url: "rtsp://admin:${CANARY}@127.0.0.1:${rtsp}/live", ingest: libav }
`,
  })
}, 60_000)

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]()
  for (const close of closing) close()
})

it('a password of a camera is told to that camera and to nobody else', { timeout: 90_000 }, async () => {
  const wall = new WebSocket(`${gateway.url.replace('http', 'ws')}/api/wall`)
  wall.on('message', (data) => note('wall', String(data)))
  await once(wall, 'open')
  const ids = ['gone', 'away', 'rtsp', 'libav']
  for (const [tile, camera] of ids.entries()) wall.send(JSON.stringify({ type: 'watch', tile, camera, visible: true }))
  await vi.waitFor(async () => {
    const status = await gateway.getJson<Record<string, { state: string }>>('/status')
    expect(ids.map((id) => status[id]?.state)).toEqual(ids.map(() => 'offline'))
  }, 30_000)
  const { paths } = await gateway.getJson<{
    paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>
  }>('/api/openapi.json')
  const headers = {
    authorization: `Bearer atk_12345678_${CANARY}`,
    cookie: `atalaya=${CANARY}`,
    'x-forwarded-user': CANARY,
    'x-atalaya-proxy-secret': CANARY,
    'content-type': 'application/json',
  }
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { parameters = [] }] of Object.entries(methods)) {
      for (const id of path.includes('{id}') ? [...ids, 'clock'] : ['']) {
        const query = parameters.filter((one) => one.in === 'query').map(({ name }) => `?${name}=1`)
        for (const tail of ['', `?embed=${CANARY}`, `?signature=${CANARY}`, ...query]) {
          const target = path.replace(/\{\w+\}/, id || 'x') + tail
          const bodies =
            method === 'get'
              ? [undefined]
              : ['{}', `{"id":"x","url":"rtsp://u:${CANARY}@[","password":"${CANARY}","user":"${CANARY}"}`]
          for (const body of bodies) await visit(method.toUpperCase(), target, tail === '' ? undefined : headers, body)
        }
      }
    }
  }
  expect(said.length).toBeGreaterThan(200)
  note('log', gateway.output)
  for (const pid of await descendants(gateway.pid)) {
    note('environment of an engine', await readFile(`/proc/${pid}/environ`, 'latin1'))
    note('command line of an engine', await readFile(`/proc/${pid}/cmdline`, 'latin1'))
  }
  wall.terminate()
  const leaks = said.filter(({ text }) => FORMS.some((form) => text.includes(form)))
  expect(leaks.map(({ where, text }) => `${where}: ${around(text)}`)).toEqual([])
  expect(said.map(({ where }) => where)).toEqual(expect.arrayContaining(['to another host', 'environment of an engine', 'wall']))
  expect(FORMS.some((form) => ownCamera.includes(form))).toBe(true) // so this test can tell
})

async function visit(
  method: string,
  path: string,
  headers: Record<string, string> | undefined,
  body: string | undefined,
): Promise<void> {
  const patience = AbortSignal.timeout(400)
  const json = { 'content-type': 'application/json' }
  try {
    const answer = await fetch(gateway.url + path, {
      method,
      headers: headers ?? json,
      body: body ?? null,
      redirect: 'manual',
      signal: patience,
    })
    note(`${method} ${path.replace(CANARY, '…')}`, [...answer.headers].join('\n'))
    note(`${method} ${path.replace(CANARY, '…')}`, await answer.text())
  } catch (error) {
    if (!patience.aborted) throw error
  }
}

function around(text: string): string {
  const at = Math.min(...FORMS.map((form) => text.indexOf(form)).filter((index) => index >= 0))
  return text.slice(Math.max(0, at - 100), at + 60)
}
