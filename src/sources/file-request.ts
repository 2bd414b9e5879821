import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AtalayaError } from '../api/errors.ts'
import type { InputRequest } from '../engine/engine.ts'

/**
 * A video, or a folder of pictures, as libav opens it.
 * @throws {AtalayaError} `stream_not_found`, `refused`
 */
export async function fileRequest(path: string, fps: number): Promise<InputRequest> {
  const kind = await kindOf(path)
  return { kind, address: resolve(path), name: path, fps, options: [{}] }
}

async function kindOf(path: string): Promise<'file' | 'folder'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file'
  } catch (error) {
    throw notThere(path, error)
  }
}

function notThere(path: string, cause: unknown): AtalayaError {
  const isForbidden = cause instanceof Error && 'code' in cause && cause.code === 'EACCES'
  if (isForbidden) return new AtalayaError('refused', `The file ${path} may not be read by this user.`, { cause })
  return new AtalayaError('stream_not_found', `There is no file or folder ${path}: correct the path behind file:.`, { cause })
}
