import { open } from 'node:fs/promises'
import { ConfigError, type ConfigProblem } from './config-error.ts'

/**
 * The text of a configuration file.
 * @throws {ConfigError} The cause is the system's error, where there is one.
 */
export async function readConfigText(file: string): Promise<string> {
  let bytes: Buffer
  try {
    bytes = await readAtMost(file, MAX_FILE_BYTES + 1)
  } catch (error) {
    throw fileError(file, REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? 'cannot be read', error)
  }
  if (bytes.length > MAX_FILE_BYTES) throw fileError(file, 'is larger than 1 MiB: this is no configuration')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw fileError(file, 'is no UTF-8 text: save it as UTF-8', error)
  }
}

const MAX_FILE_BYTES = 1_048_576

/** Bounded, for the file may be a device or a pipe that never ends. */
async function readAtMost(file: string, limit: number): Promise<Buffer> {
  await using handle = await open(file)
  const buffer = Buffer.alloc(limit)
  let length = 0
  while (length < limit) {
    const { bytesRead } = await handle.read(buffer, length, limit - length, null)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  EISDIR: 'is a folder, not a file',
}

function fileError(file: string, message: string, cause?: unknown): ConfigError {
  const problem: ConfigProblem = { file, line: undefined, column: undefined, message: `the file ${message}` }
  return new ConfigError([problem], { cause })
}
