import { Server as HttpServer, type RequestListener } from 'node:http'
import { createSecureServer, type ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import type { Certificates } from './certificates.ts'

/**
 * A server that speaks HTTP/2 and HTTP/1.1 over TLS on one port. WebSockets and old programs come by the latter, browsers by
 * the former, where any number of live pictures share one connection.
 * @param withinMs a request must have arrived whole within this time
 */
export function createTlsServer(handler: RequestListener, certificates: Certificates, withinMs: number): HttpServer {
  const server = createSecureServer({
    ...certificates.current,
    allowHTTP1: true,
    minVersion: 'TLSv1.2',
    handshakeTimeout: HANDSHAKE_WITHIN_MS,
    settings: { maxConcurrentStreams: MOST_STREAMS },
    maxSessionMemory: SESSION_MEGABYTES,
    connectionsCheckingInterval: 1000,
  } as Parameters<typeof createSecureServer>[0])
  const http = server as unknown as HttpServer
  http.requestTimeout = http.headersTimeout = withinMs
  http.on('request', handler)
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
    session.setTimeout(IDLE_MS, () => session.close())
  })
  http.closeAllConnections = () => {
    HttpServer.prototype.closeAllConnections.call(http)
    for (const session of sessions) session.destroy()
  }
  certificates.follow((pair) => server.setSecureContext({ ...pair, minVersion: 'TLSv1.2' }))
  return http
}

/** Returns what ends the connections of HTTP/2 as soon as their answers are done, and those that have not said a word of TLS yet. */
export function watchSessions(server: HttpServer): () => void {
  const sessions = new Set<ServerHttp2Session>()
  const silent = new Map<string, Socket>()
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
  })
  if (server instanceof TlsServer) {
    server.on('connection', (socket: Socket) => {
      const end = endOf(socket)
      silent.set(end, socket)
      socket.once('close', () => silent.get(end) === socket && silent.delete(end))
    })
    server.on('secureConnection', (socket: Socket) => silent.delete(endOf(socket)))
  }
  return () => {
    for (const session of sessions) session.close()
    for (const socket of silent.values()) socket.destroy()
  }
}

/** The socket of TLS is another object than the one that it lies on, and both have the same other end. */
function endOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

const HANDSHAKE_WITHIN_MS = 10_000
/** A page with a hundred pictures, and some more. */
const MOST_STREAMS = 256
const SESSION_MEGABYTES = 10
/** Nothing has come or gone: no stream is open, for those repeat their last picture every second. */
const IDLE_MS = 60_000
