import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { AtalayaError, type ErrorCode } from '../api/errors.ts'
import { type BodyProblem, RefusedError } from '../api/refused-error.ts'
import { ConfigError, placeOf } from '../config/config-error.ts'
import type { Log } from '../telemetry/log.ts'

/** Makes every failure of a request an answer from the one table: `{"error": {"code", "message"}}`. */
export function answerErrors(server: FastifyInstance, log: Log): void {
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const known = translate(error, request)
    if (known.status >= 500 && known.code === 'internal_error') {
      log.error({ err: error, path: pathOf(request) }, 'a request failed')
    }
    // The rest of the body is read and dropped, until the request has taken too long: who is cut off while sending sees no answer.
    if (known.code === 'body_too_large') reply.removeHeader('Connection')
    return sendError(reply, known)
  })
  server.setNotFoundHandler((request, reply) =>
    sendError(
      reply,
      new AtalayaError('not_found', `There is nothing at ${pathOf(request).slice(0, 200)}. Look at / for what there is.`),
    ),
  )
}

/** Answers for an address that cannot even be routed. */
export function answerFrameworkError(error: FastifyError, _request: unknown, reply: FastifyReply): void {
  const isTooLong = error.code === 'FST_ERR_MAX_PARAM_LENGTH'
  const known = isTooLong
    ? new AtalayaError('camera_not_found', 'There is no camera with an id as long as that.', { cause: error })
    : new AtalayaError('bad_parameter', 'The address is not valid: a % must be followed by two hexadecimal digits of UTF-8.', {
        cause: error,
      })
  sendError(reply, known)
}

/** Answers what is no HTTP at all, or came too slowly: there is no request that a route could see. */
export function answerClientErrors(onRefused: (code: ErrorCode) => void) {
  return (error: NodeJS.ErrnoException, socket: Duplex): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const code = CODE_OF_PARSER[error.code ?? ''] ?? 'bad_parameter'
    onRefused(code)
    endWithError(socket, new AtalayaError(code, code === 'bad_parameter' ? 'The request is no valid HTTP.' : undefined))
  }
}

/** Answers on a connection itself, where there is no request, and ends it. */
export function endWithError(socket: Duplex, known: AtalayaError, headers: readonly string[] = []): void {
  const body = JSON.stringify({ error: { code: known.code, message: known.message } })
  socket.end(
    [
      `HTTP/1.1 ${known.status} ${STATUS_CODES[known.status]}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Cache-Control: no-store',
      ...(RETRY_STATUSES.has(known.status) ? [`Retry-After: ${RETRY_AFTER_S}`] : []),
      ...headers,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}

/** What Node.js calls the faults of a request that its parser gives up on. */
const CODE_OF_PARSER: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

/** Answers with an error. A 503 or a 429 says when to come back (RFC 9110 section 10.2.3, RFC 6585 section 4). */
export function sendError(reply: FastifyReply, error: AtalayaError): FastifyReply {
  refusals.set(reply, error.code)
  if (CROWDED.has(error.code)) reply.header('Connection', 'close')
  if (RETRY_STATUSES.has(error.status)) reply.header('Retry-After', String(RETRY_AFTER_S))
  return reply
    .code(error.status)
    .header('Cache-Control', 'no-store')
    .send({
      error: { code: error.code, message: error.message, ...problemsOf(error) },
    })
}

/** The error that a reply says, if it says one. */
export function refusalOf(reply: FastifyReply): ErrorCode | undefined {
  return refusals.get(reply)
}

const refusals = new WeakMap<FastifyReply, ErrorCode>()
/** Whoever finds no room must not take any by waiting on an open connection. */
const CROWDED: ReadonlySet<ErrorCode> = new Set(['too_many_viewers', 'too_many_from_address', 'out_of_descriptors'])
const RETRY_STATUSES: ReadonlySet<number> = new Set([429, 503])

function problemsOf(error: AtalayaError): { problems?: readonly BodyProblem[] } {
  if (error instanceof RefusedError) return { problems: error.problems }
  if (error instanceof ConfigError)
    return { problems: error.problems.map((one) => ({ path: placeOf(one), message: one.message })) }
  return {}
}

const RETRY_AFTER_S = 5

function translate(error: FastifyError, request: FastifyRequest): AtalayaError {
  if (error instanceof AtalayaError) return error
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issue = error.validation[0]
    const name = issue?.instancePath.split('/')[1] ?? ''
    const value = (request.query as Record<string, unknown>)[name]
    const shown = typeof value === 'string' ? `=${value.slice(0, 40)}` : ''
    return new AtalayaError(
      'bad_parameter',
      `The parameter ${name}${shown} is not valid: it ${issue?.message ?? 'has another form'}.`,
    )
  }
  const code = CODE_OF_STATUS[error.statusCode ?? 500] ?? ((error.statusCode ?? 500) < 500 ? 'bad_parameter' : 'internal_error')
  return new AtalayaError(code, undefined, { cause: error })
}

const CODE_OF_STATUS: Partial<Record<number, ErrorCode>> = {
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  503: 'shutting_down',
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? request.url
}
