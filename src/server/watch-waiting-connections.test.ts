import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import { watchWaitingConnections } from './watch-waiting-connections.ts'

const open: Socket[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy()
})

async function client(server: Server, text = ''): Promise<Socket> {
  const accepted = once(server, 'connection')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  open.push(socket)
  await accepted
  socket.write(text)
  return socket
}

it('ends connections that never asked, asked by half or have their answer, and lets the others finish', async () => {
  const finish: (() => void)[] = []
  const server = createServer((request, response) => {
    response.write('begun')
    if (request.url === '/long') finish.push(() => response.end('done'))
    else response.end()
  })
  const endWaiting = watchWaitingConnections(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const ask = (path: string) => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`
  const waiting = [await client(server), await client(server, 'GET / HT'), await client(server, ask('/short'))]
  await once(waiting[2] as Socket, 'data')
  const busy = await client(server, ask('/long'))
  let answer = ''
  busy.on('data', (text) => (answer += text))
  await vi.waitFor(() => expect(answer).toContain('begun'))
  const closed = once(server, 'close')
  server.close()
  endWaiting()
  await Promise.all(waiting.map((socket) => once(socket.resume(), 'close')))
  finish[0]?.()
  await vi.waitFor(() => expect(answer).toContain('done'))
  await closed
})

it('ends one that holds its request or its answer back after a while', async () => {
  const server = createServer((request) => request.resume())
  const endWaiting = watchWaitingConnections(server, 200)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const asked = once(server, 'request')
  const slow = await client(server, 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf')
  await asked
  const closed = once(server, 'close')
  server.close()
  endWaiting()
  await once(slow.resume(), 'close')
  await closed
})
