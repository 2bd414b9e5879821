import type { FastifyRequest, FastifySchemaCompiler } from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { AtalayaError } from '../api/errors.ts'
import { RefusedError } from '../api/refused-error.ts'
import type { Server } from './http-server.ts'

/**
 * Bodies are JSON or nothing: a form that another site's page sends is none (415). What is hostile rather than wrong is
 * refused here, before any route looks at it.
 */
export function acceptJsonBodies(server: Server): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, async ({ headers }: FastifyRequest, body: Buffer) => {
    const { 'content-encoding': encoding = 'identity' } = headers
    if (encoding !== 'identity') throw new AtalayaError('unsupported_media_type', 'The body must be JSON that is not compressed.')
    return body.length === 0 ? undefined : parseJson(body)
  })
}

/**
 * The object that a body is.
 * @throws {RefusedError} `bad_parameter` for anything else
 */
export function objectOf(body: unknown): Record<string, unknown> {
  if (body !== null && typeof body === 'object' && !Array.isArray(body)) return body as Record<string, unknown>
  throw refused('the body must be a JSON object, such as {"id": "door", "url": "rtsp://192.168.1.20/stream1"}')
}

/** For routes whose body is checked by the rules of the configuration file, which list everything that is wrong and not the first only. */
export function leaveBody({ schema, ...route }: Parameters<FastifySchemaCompiler<unknown>>[0]) {
  if (route.httpPart === 'body') return (value: unknown) => ({ value })
  return validatorCompiler({ ...route, schema: schema as z.ZodType })
}

function parseJson(body: Buffer): unknown {
  const value = tryToParse(body)
  if (value === undefined) throw refused('the body is no JSON text in UTF-8')
  checkNesting(value, 0)
  return value
}

/** Without the parser's words, which quote the body: it may hold a password. */
function tryToParse(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

function checkNesting(value: unknown, depth: number): void {
  if (value === null || typeof value !== 'object') return
  if (depth >= DEEPEST) throw refused(`the body is nested more than ${DEEPEST} levels deep`)
  for (const [key, inner] of Object.entries(value)) {
    if (HOSTILE_KEYS.has(key)) throw refused(`the key ${key} is not taken`)
    checkNesting(inner, depth + 1)
  }
}

function refused(message: string): RefusedError {
  return new RefusedError('bad_parameter', [{ path: '', message }])
}

const DEEPEST = 20
/** Keys that reach into the prototype of what they are copied to. */
const HOSTILE_KEYS = new Set(['__proto__', 'constructor', 'prototype'])
