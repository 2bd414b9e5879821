import { BAD_ID, readCamera } from './build-config.ts'
import type { CameraConfig, Config } from './config.ts'
import { type ConfigDocument, readConfigDocument } from './config-document.ts'
import { ConfigError, formatProblem } from './config-error.ts'
import { ConfigFindings } from './config-findings.ts'
import type { LoadedConfig } from './load-config.ts'
import { LocalCamera } from './local-camera.ts'
import { hasPlaceholder, NO_PLACEHOLDERS } from './placeholder.ts'
import { readConfigText } from './read-config-text.ts'
import { CAMERA_ID } from './schema.ts'

/** The file beside the configuration that the API writes. */
export const LOCAL_FILE = 'atalaya.local.yaml'

/** Cameras that were added by the API, and where they are kept. */
export interface LocalCameras {
  /** Undefined: nowhere, they end with the program. */
  readonly file: string | undefined
  readonly cameras: ReadonlyMap<string, LocalCamera>
}

/**
 * Adds the cameras of the local file to a configuration, behind its own.
 * @param handMade the file of the configuration, as the user named it
 * @throws {ConfigError} with every problem, also where an id is in both files
 */
export async function addLocalCameras({ config, warnings }: LoadedConfig, file: string, handMade: string): Promise<LoadedConfig> {
  const text = await readIfThere(file)
  if (text === undefined) return { config: { ...config, local: { file, cameras: new Map() } }, warnings }
  const document = readConfigDocument(text, (scalar) =>
    hasPlaceholder(scalar) ? { problem: NO_PLACEHOLDERS } : { value: scalar },
  )
  const findings = new ConfigFindings(file, (path, part) => document.place(path, part))
  for (const problem of document.problems) findings.textProblem(problem)
  const cameras = readCameras(document, config, handMade, findings)
  if (findings.problems.length > 0) throw new ConfigError(findings.problems)
  return {
    config: { ...config, cameras: new Map([...config.cameras, ...configsOf(cameras)]), local: { file, cameras } },
    warnings: [...warnings, ...findings.warnings.map(formatProblem)],
  }
}

/**
 * The same for cameras that are kept nowhere but in a running gateway.
 * @throws {ConfigError} where an id is in the configuration too
 */
export function keepLocalCameras(config: Config, kept: ReadonlyMap<string, LocalCamera>): Config {
  const findings = new ConfigFindings(undefined, () => undefined)
  const cameras = new Map<string, LocalCamera>()
  for (const [id, camera] of kept) {
    if (config.cameras.has(id))
      findings.problem(['cameras', id], 'a camera with this id was added by the API: remove one of the two', 'key')
    const read = readCamera(id, camera.reveal(), config.defaults, findings)
    if (read) cameras.set(id, new LocalCamera(read.settings, read.config))
  }
  if (findings.problems.length > 0) throw new ConfigError(findings.problems)
  return { ...config, cameras: new Map([...config.cameras, ...configsOf(cameras)]), local: { file: undefined, cameras } }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readConfigText(file)
  } catch (error) {
    const { cause } = error as ConfigError
    if ((cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined
    throw error
  }
}

function readCameras(document: ConfigDocument, config: Config, handMade: string, findings: ConfigFindings) {
  const cameras = new Map<string, LocalCamera>()
  const value = document.hasSyntaxProblem ? {} : document.value
  const { cameras: entries, ...others } = isGroup(value) ? value : {}
  for (const key of Object.keys(others)) findings.problem([key], 'this file holds cameras only', 'strange-key')
  let chosen: string | undefined
  for (const id of document.cameraIds) {
    const path = ['cameras', id]
    if (!isGroup(entries) || !Object.hasOwn(entries, id)) continue // its key has a problem of its own
    if (!CAMERA_ID.test(id)) {
      findings.problem(path, BAD_ID, 'key')
      continue
    }
    if (config.cameras.has(id)) {
      findings.problem(path, `this camera is in ${handMade} too: take it out of one of the two files`, 'key')
      continue
    }
    const camera = readCamera(id, entries[id], config.defaults, findings)
    if (!camera) continue
    if (camera.config.default && chosen !== undefined) {
      findings.problem([...path, 'default'], 'another camera is the default already: keep one of them')
    }
    if (camera.config.default) chosen = id
    cameras.set(id, new LocalCamera(camera.settings, camera.config))
  }
  return cameras
}

function configsOf(cameras: ReadonlyMap<string, LocalCamera>): [string, CameraConfig][] {
  return [...cameras].map(([id, { config }]) => [id, config])
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
