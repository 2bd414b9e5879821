import { type Server as HttpServer, type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'

/** A request that asks for another protocol, and the connection it came by. */
export interface Upgrade {
  readonly stream: Duplex
  /** What came behind the headers. */
  readonly head: Buffer
}

/** Answers a request by the server's routes. */
export type Routing = (request: IncomingMessage, response: ServerResponse) => void

/**
 * Lets the routes see requests for a WebSocket as they see any other: with the same hooks and the same errors. Requests for other
 * protocols, such as the h2c that Java's client asks for unasked, are answered as if they had not asked (RFC 9110 section 7.8).
 */
export function routeUpgrades(server: HttpServer, routing: Routing): void {
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    if (isWebSocket(request)) routeUpgrade(routing, request, { stream, head })
    else beginAgain(server, request, { stream, head })
  })
}

/** Gives a request for another protocol to the routes; one of them may take the connection with {@link upgradeOf}. */
export function routeUpgrade(routing: Routing, request: IncomingMessage, upgrade: Upgrade): void {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(upgrade.stream as Parameters<ServerResponse['assignSocket']>[0])
  response.once('finish', () => upgrade.stream.end())
  // Whoever leaves in the middle of it is gone, and that is all.
  upgrade.stream.on('error', () => upgrade.stream.destroy())
  upgrades.set(request, { ...upgrade, response })
  routing(request, response)
}

/** Takes the connection of a request that asked for a WebSocket; undefined for any other. The response cannot be used any more. */
export function upgradeOf(request: IncomingMessage): Upgrade | undefined {
  const upgrade = upgrades.get(request)
  if (!upgrade || !isWebSocket(request)) return undefined
  upgrade.response.detachSocket(upgrade.stream as Parameters<ServerResponse['detachSocket']>[0])
  return upgrade
}

const upgrades = new WeakMap<IncomingMessage, Upgrade & { readonly response: ServerResponse }>()

function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

/** Node.js has let go of the connection: it gets the same request again, without the wish for another protocol. */
function beginAgain(server: HttpServer, request: IncomingMessage, { stream, head }: Upgrade): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? ''
    if (!HOP_BY_HOP.has(name.toLowerCase())) lines.push(`${name}: ${request.rawHeaders[index + 1]}`)
  }
  stream.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit(stream instanceof TLSSocket ? 'secureConnection' : 'connection', stream)
}

const HOP_BY_HOP = new Set(['connection', 'upgrade', 'http2-settings'])
