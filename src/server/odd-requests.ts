import type { Server } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AtalayaError, type ErrorCode } from '../api/errors.ts'
import { isHttp2 } from '../lib/http2-headers.ts'
import { endWithError } from './error-answers.ts'

/**
 * Refuses what Node.js lets through and what only mischief or a mistake sends.
 * @throws {AtalayaError} `too_many_headers`, `ambiguous_host`, `absolute_target`, `method_not_allowed`
 */
export function refuseOddRequest({ raw: { rawHeaders }, originalUrl, method }: FastifyRequest, reply: FastifyReply): void {
  // Node.js drops the rest of very many without a word.
  if (rawHeaders.length / 2 > MOST_HEADERS) {
    throw new AtalayaError('too_many_headers', `The request has ${rawHeaders.length / 2} headers; ${MOST_HEADERS} are taken.`)
  }
  // Node.js takes the first, a proxy in front perhaps the last (RFC 9112 section 3.2).
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length
  if (hosts > 1) throw new AtalayaError('ambiguous_host')
  if (!originalUrl.startsWith('/') && originalUrl !== '*') throw new AtalayaError('absolute_target')
  if (!METHODS.includes(method)) {
    reply.header('Allow', METHODS.join(', '))
    throw new AtalayaError('method_not_allowed', `This gateway takes ${METHODS.join(', ')}.`)
  }
}

/** Answers those who take the gateway for a proxy and ask for a tunnel; Node.js would end their connection without a word. */
export function refuseTunnels(server: Server, onRefused: (code: ErrorCode) => void): void {
  server.on('connect', (_request, socket: Duplex | Http2ServerResponse) => {
    onRefused('method_not_allowed')
    if (isHttp2(socket)) {
      socket.writeHead(405, { Allow: METHODS.join(', ') }).end()
      return
    }
    socket.on('error', () => socket.destroy())
    const error = new AtalayaError('method_not_allowed', 'This gateway is no proxy.')
    endWithError(socket, error, [`Allow: ${METHODS.join(', ')}`])
  })
}

const MOST_HEADERS = 100
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
