import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { USERS_FILE } from './auth-config.ts'
import { buildConfig, type ConfigOverrides } from './build-config.ts'
import type { CameraConfig, Config } from './config.ts'
import { readConfigDocument } from './config-document.ts'
import { ConfigError, formatProblem } from './config-error.ts'
import { ConfigFindings } from './config-findings.ts'
import { addLocalCameras, LOCAL_FILE } from './local-cameras.ts'
import { readConfigText } from './read-config-text.ts'
import { tlsInFolder } from './read-tls.ts'
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
  /** Told of each file that is read for it, whether it is there or not. */
  readonly onFile?: ((file: string) => void) | undefined
}

/**
 * Reads a configuration file, YAML or JSON, with its secrets put in, and the cameras that the API has added beside it.
 * @throws {ConfigError} with every problem at once, none of which repeats a value.
 */
export async function loadConfig(
  file: string,
  environment: SubstitutionContext['environment'],
  { overrides = {}, onFile }: Pick<ConfigOrigin, 'overrides' | 'onFile'> = {},
): Promise<LoadedConfig> {
  const folder = dirname(file)
  const local = join(folder, LOCAL_FILE)
  for (const one of [file, local]) onFile?.(one)
  const known = { hasUsers: existsSync(join(folder, USERS_FILE)), ...overrides }
  const loaded = parseConfigText(await readConfigText(file), { file, environment, overrides: known, onFile })
  const withUsers = { ...loaded, config: { ...loaded.config, usersFile: usersFileOf(loaded.config, folder) } }
  return addLocalCameras(withUsers, local, file)
}

/** Where the users of a configuration are kept. */
export function usersFileOf({ auth }: Pick<Config, 'auth'>, folder: string): string {
  return resolve(folder, (typeof auth === 'object' && auth.users) || USERS_FILE)
}

/**
 * The same for text that is read already; secret files are read from the folder of `file`.
 * @throws {ConfigError}
 */
export function parseConfigText(text: string, origin: ConfigOrigin): LoadedConfig {
  const { file, environment, overrides = {}, onFile } = origin
  const context = { environment, folder: dirname(file), onFile }
  const document = readConfigDocument(text, (scalar) => substitute(scalar, context))
  const findings = new ConfigFindings(file, (path, part) => document.place(path, part))
  for (const problem of document.problems) findings.textProblem(problem)
  if (document.hasSyntaxProblem) throw new ConfigError(findings.problems)
  const config = buildConfig(document.value, document.cameraIds, overrides, findings)
  const folder = dirname(file)
  return finish({ ...config, tls: tlsInFolder(config.tls, folder), cameras: withFilesIn(folder, config.cameras) }, findings)
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

/** Relative paths of files begin at the configuration file. */
function withFilesIn(folder: string, cameras: Config['cameras']): Config['cameras'] {
  const placed = [...cameras].map(([id, camera]): [string, CameraConfig] => {
    const { source } = camera
    return [id, source.kind === 'file' ? { ...camera, source: { ...source, path: resolve(folder, source.path) } } : camera]
  })
  return new Map(placed)
}

function finish(config: Config, findings: ConfigFindings): LoadedConfig {
  if (findings.problems.length > 0) throw new ConfigError(findings.problems)
  return { config, warnings: findings.warnings.map(formatProblem) }
}
