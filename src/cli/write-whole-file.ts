import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Writes a file so that others see the old content or the new one, never a part: beside its place first, then moved there.
 * What is no ordinary file, such as a pipe, is written to directly. Links are followed.
 * @param mode the rights of the new file; an older file keeps its own unless this is given.
 */
export async function writeWholeFile(file: string, data: string | Uint8Array, mode?: number): Promise<void> {
  const existing = await stat(file).catch(onlyIfMissing)
  if (existing && !existing.isFile()) return write(file, data)
  const target = existing ? await realpath(file) : file
  const unfinished = join(dirname(target), `.${basename(target)}.${process.pid}.part`)
  try {
    await write(unfinished, data, mode ?? existing?.mode)
    await rename(unfinished, target)
  } finally {
    await rm(unfinished, { force: true })
  }
}

/** The rights hold before the first byte is there. */
async function write(file: string, data: string | Uint8Array, mode?: number): Promise<void> {
  await using handle = await open(file, 'w', mode)
  if (mode !== undefined) await handle.chmod(mode)
  await handle.writeFile(data)
}

function onlyIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
