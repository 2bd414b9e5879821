import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { buildConfig, type ConfigOverrides } from './build-config.ts'
import type { Config } from './config.ts'
import { readConfigDocument } from './config-document.ts'
import { ConfigError, type ConfigProblem, formatProblem } from './config-error.ts'
import { ConfigFindings } from './config-findings.ts'
import type { ConfigObject } from './schema.ts'
import { type SubstitutionContext, substitute } from './substitution.ts'

/** A configuration and what is worth a second look in it, each warning one line that begins with its place. */
export interface LoadedConfig {
  readonly config: Config
  readonly warnings: readonly string[]
}

/** Where the text of a configuration comes from, for its messages and its placeholders. */
export interface ConfigOrigin {
  /** As the user named it. */
  readonly file: string
  /** What `${NAME}` stands for. */
  readonly environment: SubstitutionContext['environment']
  readonly overrides?: ConfigOverrides
}

/**
 * Reads a configuration file, YAML or JSON, with its secrets put in.
 * @throws {ConfigError} with every problem at once, none of which repeats a value.
 */
export async function loadConfig(
  file: string,
  environment: SubstitutionContext['environment'],
  overrides: ConfigOverrides = {},
): Promise<LoadedConfig> {
  return parseConfigText(await readText(file), { file, environment, overrides })
}

/**
 * The same for text that is read already; secret files are read from the folder of `file`.
 * @throws {ConfigError}
 */
export function parseConfigText(text: string, origin: ConfigOrigin): LoadedConfig {
  const { file, environment, overrides = {} } = origin
  const context = { environment, folder: dirname(file) }
  const document = readConfigDocument(text, (scalar) => substitute(scalar, context))
  const findings = new ConfigFindings(file, (path, part) => document.place(path, part))
  for (const problem of document.problems) findings.textProblem(problem)
  if (document.hasSyntaxProblem) throw new ConfigError(findings.problems)
  return finish(buildConfig(document.value, document.cameraIds, overrides, findings), findings)
}

/**
 * The configuration that a program passes; `${…}` in it means nothing special.
 * @throws {ConfigError}
 */
export function configFromObject(object: ConfigObject, overrides: ConfigOverrides = {}): LoadedConfig {
  const findings = new ConfigFindings(undefined, () => undefined)
  const { cameras } = object
  const ids = cameras !== null && typeof cameras === 'object' ? Object.keys(cameras) : []
  return finish(buildConfig(object, ids, overrides, findings), findings)
}

function finish(config: Config, findings: ConfigFindings): LoadedConfig {
  if (findings.problems.length > 0) throw new ConfigError(findings.problems)
  return { config, warnings: findings.warnings.map(formatProblem) }
}

const MAX_FILE_BYTES = 1_048_576

async function readText(file: string): Promise<string> {
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
