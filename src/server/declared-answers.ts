import { z } from 'zod'
import { ERRORS, type ErrorCode } from '../api/errors.ts'
import { ErrorBody } from '../api/responses.ts'

/** A header of an answer, as OpenAPI describes it. */
export interface DeclaredHeader {
  readonly type: 'string' | 'integer' | 'number'
  readonly description: string
}

/** An answer as a route declares it: Fastify checks JSON by it, and the OpenAPI document shows it. */
export interface DeclaredAnswer {
  readonly description: string
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>>
  readonly headers?: Readonly<Record<string, DeclaredHeader>>
}

/** An answer in JSON. */
export function json<Schema extends z.ZodType>(description: string, schema: Schema, headers?: DeclaredAnswer['headers']) {
  return { description, content: { 'application/json': { schema } }, ...(headers && { headers }) }
}

/** An answer of other media types; `schema` is for those that are text. */
export function media(description: string, types: readonly string[], headers?: DeclaredAnswer['headers']): DeclaredAnswer {
  const content = Object.fromEntries(types.map((type) => [type, { schema: type.startsWith('text/') ? z.string() : z.unknown() }]))
  return { description, content, ...(headers && { headers }) }
}

/** An answer without a body. */
export function empty(description: string): z.ZodType {
  return z.null().describe(description)
}

/** The answers to requests that fail with one of these codes, by their status. */
export function failures(...codes: readonly ErrorCode[]): Record<number, DeclaredAnswer> {
  const statuses = [...new Set(codes.map((code) => ERRORS[code].status))]
  return Object.fromEntries(
    statuses.map((status) => {
      const words = codes.filter((code) => ERRORS[code].status === status).map((code) => `\`${code}\`: ${ERRORS[code].message}`)
      return [
        status,
        { ...json(words.join(' '), ErrorBody), ...((status === 503 || status === 429) && { headers: RETRY_AFTER }) },
      ]
    }),
  )
}

/** What any route may answer beside that: a request that is no request, a gateway that ends. */
export const OTHER_FAILURES = {
  '4xx': json('Any other request that cannot be answered.', ErrorBody),
  '5xx': json('Any other failure.', ErrorBody),
}

const RETRY_AFTER = { 'Retry-After': { type: 'integer', description: 'Seconds until another try is worth it.' } } as const
