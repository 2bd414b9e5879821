import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AtalayaError } from '../api/errors.ts'

/**
 * Replaces a file as a whole: whoever reads it, or pulls the plug, finds the former text or the new one. It may be read by
 * its owner only.
 * @throws {AtalayaError} `storage_full`, `storage_failed`; the former file is as it was
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`
  try {
    await rm(temporary, { force: true }) // what an earlier program with our number has left behind
    await writeSafely(temporary, text)
    await rename(temporary, file)
    await syncFolder(dirname(file))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined) // the failure that matters is the first one
    throw storageError(file, error as NodeJS.ErrnoException)
  }
}

async function writeSafely(file: string, text: string): Promise<void> {
  await using handle = await open(file, 'wx', 0o600)
  await handle.writeFile(text)
  await handle.sync()
}

/** Makes the new name last (fsync(2)). Windows opens no folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  await using handle = await open(folder)
  await handle.sync()
}

function storageError(file: string, cause: NodeJS.ErrnoException): AtalayaError {
  const isFull = cause.code === 'ENOSPC' || cause.code === 'EDQUOT'
  return isFull
    ? new AtalayaError('storage_full', `There is no room left to write ${file}. Nothing was changed.`, { cause })
    : new AtalayaError(
        'storage_failed',
        `The file ${file} cannot be written (${cause.code ?? cause.message}). Nothing was changed.`,
        { cause },
      )
}
