import { constants, Http2ServerRequest } from 'node:http2'
import { AtalayaError } from '../api/errors.ts'
import { CONNECTION_HEADERS } from '../lib/http2-headers.ts'
import type { Server } from './http-server.ts'

/**
 * Makes requests in HTTP/2 look to all that follows like those in HTTP/1.1. Call it before other hooks are added.
 * @param withinMs a request must have arrived whole within this time, as Node.js sees to in HTTP/1.1
 */
export function acceptHttp2(server: Server, withinMs: number): void {
  server.addHook('onRequest', async ({ raw }) => {
    const request: unknown = raw
    if (!(request instanceof Http2ServerRequest)) return
    const { headers, authority } = request
    // RFC 9113 section 8.3.1: they have to name the same.
    if (headers.host !== undefined && authority && headers.host !== authority) throw new AtalayaError('ambiguous_host')
    if (authority) headers.host = authority
    endUnlessWhole(request, withinMs)
  })
  server.addHook('onSend', async (request, reply) => {
    if (request.raw.httpVersionMajor === 2) for (const name of CONNECTION_HEADERS) reply.removeHeader(name)
  })
}

function endUnlessWhole(request: Http2ServerRequest, withinMs: number): void {
  if (request.complete) return
  const timer = setTimeout(() => request.complete || request.stream.close(constants.NGHTTP2_CANCEL), withinMs).unref()
  request.once('close', () => clearTimeout(timer))
}
