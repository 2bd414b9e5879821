import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Builds what makes files into USB cameras when it is preloaded into an engine. Resolves with its path. */
export async function buildFakeV4l2(folder: string): Promise<string> {
  const library = join(folder, 'fake-v4l2.so')
  const source = fileURLToPath(new URL('./fake-v4l2.c', import.meta.url))
  await run('gcc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'])
  return library
}
