import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AtalayaError } from '../api/errors.ts'

/** A file for browsers, as it was built. */
export interface WebFile {
  readonly body: Buffer
  readonly zipped: Buffer
  /** For `ETag`; names the content. */
  readonly tag: string
}

/**
 * Reads a file of dist/web/, once.
 * @throws {AtalayaError} `not_found` where it was not built
 */
export function readWebFile(name: string): WebFile {
  const known = files.get(name)
  if (known) return known
  const url = WEB_FOLDERS.map((folder) => new URL(name, folder)).find((candidate) => existsSync(candidate))
  if (!url) throw new AtalayaError('not_found', `${name} was not built: npm run build makes it.`)
  const body = readFileSync(url)
  const tag = createHash('sha256').update(body).digest('base64url').slice(0, 16)
  const file = { body, zipped: gzipSync(body, { level: 9 }), tag }
  files.set(name, file)
  return file
}

/** Answers with a file: compressed where the browser takes that, and with nothing where it has this very file already. */
export function sendWebFile(file: WebFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const isZipped = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
  const tag = `"${file.tag}${isZipped ? '-gzip' : ''}"`
  const vary = reply.getHeader('Vary')
  reply.headers({
    ETag: tag,
    // Asked for again each time, and sent when it has changed: pages follow an upgrade of the gateway at once.
    'Cache-Control': 'no-cache',
    Vary: vary ? `${vary}, Accept-Encoding` : 'Accept-Encoding',
    'X-Content-Type-Options': 'nosniff',
  })
  if (request.headers['if-none-match']?.includes(tag)) return reply.code(304).removeHeader('Content-Type').send()
  if (!isZipped) return reply.send(file.body)
  return reply.header('Content-Encoding', 'gzip').send(file.zipped)
}

/** Beside the compiled server, and where the sources run as they are. */
export const WEB_FOLDERS = [new URL('../web/', import.meta.url), new URL('../../dist/web/', import.meta.url)]
const files = new Map<string, WebFile>()
