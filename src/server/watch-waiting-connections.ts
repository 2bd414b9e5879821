import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { type TLSSocket, Server as TlsServer } from 'node:tls'

/**
 * Keeps an eye on a server's connections, and returns what ends those without a request in work, and after a while all others: one
 * that never sends the rest of its request must not hold the end up, and Node.js itself looks after none once it closes. Browsers open
 * connections in advance; Node.js takes one that has never brought a request for busy, and closing would wait for it, too.
 * Connections of HTTP/2 are not meant.
 */
export function watchWaitingConnections(server: Server, endWithinMs = END_WITHIN_MS): () => void {
  const waiting = new Set<Socket>()
  let isClosing = false
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket & Partial<TLSSocket>) => {
    if (socket.alpnProtocol === 'h2') return
    if (isClosing) {
      socket.destroy()
      return
    }
    waiting.add(socket)
    socket.once('close', () => waiting.delete(socket))
  })
  server.on('upgrade', ({ socket }) => waiting.delete(socket))
  server.on('request', ({ socket, httpVersionMajor }, response) => {
    if (httpVersionMajor === 2) return
    waiting.delete(socket)
    response.once('close', () => {
      if (isClosing) socket.end()
      else if (!socket.destroyed) waiting.add(socket)
    })
  })
  return () => {
    isClosing = true
    for (const socket of waiting) socket.destroy()
    setTimeout(() => server.closeAllConnections(), endWithinMs).unref()
  }
}

/** Half of the time that the program gives itself. */
const END_WITHIN_MS = 5000
