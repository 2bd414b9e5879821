/**
 * `write-limit.ts BYTES`: the least that showing pictures can cost. Writes the same bytes 30 times a second to every connection,
 * by the call of Node.js that does least, and does nothing else.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type CrowdReading, watchWithCrowd } from './crowd.ts'

/** What a bare write loop costs with so many viewers. */
export async function measureWriteLimit(
  viewers: number,
  pictureBytes: number,
  times: { readonly settle: number; readonly seconds: number },
): Promise<CrowdReading> {
  const child = fork(fileURLToPath(import.meta.url), [String(Math.round(pictureBytes))])
  try {
    const [url] = await once(child, 'message')
    return await watchWithCrowd({ url: String(url), pid: child.pid ?? 0 }, viewers, times)
  } finally {
    child.disconnect()
    await once(child, 'exit')
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) serve(Number(process.argv[2]))

function serve(bytes: number): void {
  const header = `Content-Type: image/jpeg\r\nContent-Length: ${bytes}\r\n\r\n`
  const part = Buffer.concat([Buffer.from(header), Buffer.alloc(bytes), Buffer.from('\r\n--frame\r\n')])
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n--frame\r\n')
      sockets.add(socket)
    })
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    process.send?.(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`)
  })
  let due = performance.now()
  const write = () => {
    for (const socket of sockets) if (socket.writableLength === 0) socket.write(part)
    due = Math.max(due + 1000 / 30, performance.now() - 100)
    setTimeout(write, Math.max(0, due - performance.now()))
  }
  write()
  process.on('disconnect', () => process.exit())
}
