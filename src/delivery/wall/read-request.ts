import { z } from 'zod'
import { AtalayaError } from '../../api/errors.ts'
import type { WallRequest } from '../../api/wall.ts'

/**
 * Reads what a page says in text.
 * @throws {AtalayaError} `bad_parameter` with what is wrong
 */
export function readWallRequest(text: string): WallRequest {
  const read = Requests.safeParse(parse(text))
  if (read.success) return read.data
  const [issue] = read.error.issues
  const where = issue?.path.join('.') || 'message'
  throw new AtalayaError('bad_parameter', `A message of the wall is not valid: ${where.slice(0, 40)}: ${issue?.message}.`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw noJson(cause)
  }
}

function noJson(cause: unknown): AtalayaError {
  return new AtalayaError('bad_parameter', 'A message of the wall must be JSON.', { cause })
}

const tile = z.int().min(0).max(0xffff_ffff)
const side = z.int().min(16).max(8192).optional()

/** Unknown keys are let through, as unknown parameters of addresses are. */
const Requests = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('watch'),
    tile,
    camera: z.string().max(64),
    visible: z.boolean(),
    width: side,
    height: side,
    fps: z.number().min(0.1).max(120).optional(),
    quality: z.union([z.int().min(1).max(100), z.literal('auto')]).optional(),
    stream: z.enum(['main', 'sub']).optional(),
  }),
  z.object({ type: z.literal('unwatch'), tile }),
  z.object({ type: z.literal('ping'), at: z.number() }),
])
