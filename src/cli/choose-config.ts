import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AtalayaError } from '../api/errors.ts'
import { USERS_FILE } from '../config/auth-config.ts'
import type { ConfigOverrides } from '../config/build-config.ts'
import { sourceFromText } from '../config/camera-source.ts'
import type { Config } from '../config/config.ts'
import { demoConfig } from '../config/demo-config.ts'
import { type ConfigOrigin, configFromObject, type LoadedConfig, loadConfig } from '../config/load-config.ts'
import { type CommandContext, UsageError } from './command-context.ts'
import { findConfigFile } from './find-config-file.ts'

/** What is served, and where it came from. */
export interface ChosenConfig {
  readonly config: Config
  readonly warnings: readonly string[]
  /** The file as the user named it; none for cameras of the command line and the demo. */
  readonly file: string | undefined
  readonly isDemo: boolean
}

export interface ConfigChoice {
  /** Addresses of cameras, which get the ids 1, 2, …; none: a file, or the demo. */
  readonly sources: readonly string[]
  readonly file: string | undefined
  readonly demo: boolean
  readonly overrides: ConfigOverrides
  /** Told of each file that is read for the configuration. */
  readonly onFile?: (file: string) => void
}

/**
 * Takes the cameras of the command line, else the file that is named, else the one in the current folder, else the demo.
 * @throws {UsageError} for a camera's address that cannot be used.
 * @throws {ConfigError} for a configuration that cannot be used.
 */
export async function chooseConfig(
  { sources, file, demo, overrides, onFile }: ConfigChoice,
  context: CommandContext,
): Promise<ChosenConfig> {
  const usersFile = join(context.folder, USERS_FILE)
  const known = { hasUsers: existsSync(usersFile), ...overrides }
  if (demo) return { config: { ...demoConfig(known), usersFile }, warnings: [], file: undefined, isDemo: true }
  if (sources.length > 0 && file !== undefined) throw new UsageError('Give cameras or --config, not both.')
  if (sources.length > 0) {
    sources.forEach(checkSource)
    const cameras = Object.fromEntries(sources.map((source, index) => [String(index + 1), source]))
    const { config, warnings } = configFromObject({ cameras }, known)
    return { config: { ...config, usersFile }, warnings, file: undefined, isDemo: false }
  }
  const found = file ?? findConfigFile(context.folder)
  if (found === undefined) return { config: { ...demoConfig(known), usersFile }, warnings: [], file: undefined, isDemo: true }
  return { ...(await loadNamed(found, { overrides, onFile }, context)), file: found, isDemo: false }
}

/** Loads a file of the current folder, naming it in messages as the user did. */
export function loadNamed(
  file: string,
  choice: Pick<ConfigOrigin, 'overrides' | 'onFile'>,
  { environment, folder }: CommandContext,
): Promise<LoadedConfig> {
  const isHere = resolve(file) === resolve(folder, file)
  return loadConfig(isHere ? file : resolve(folder, file), environment, choice)
}

function checkSource(source: string, index: number): void {
  try {
    sourceFromText(source)
  } catch (error) {
    if (!(error instanceof AtalayaError)) throw error
    throw new UsageError(`Camera ${index + 1}: ${error.message}.`, { cause: error })
  }
}
