import type { CameraConfig, Config } from '../config/config.ts'
import { ConfigError } from '../config/config-error.ts'
import { shownAddress } from '../config/shown-address.ts'
import { addressesOf } from './addresses.ts'
import { loadNamed } from './choose-config.ts'
import { type CommandContext, EXIT, UsageError } from './command-context.ts'
import { CONFIG_FILES, findConfigFile } from './find-config-file.ts'

export interface CheckOptions {
  /** Absent: the configuration of the current folder. */
  readonly file: string | undefined
  readonly json: boolean
}

/**
 * Validates a configuration and says what is in it, or everything that is wrong with it. No line holds a secret.
 * @throws {UsageError} when there is nothing to check.
 */
export async function check({ file, json }: CheckOptions, context: CommandContext): Promise<number> {
  const found = file ?? findConfigFile(context.folder)
  if (found === undefined)
    throw new UsageError(`There is no ${CONFIG_FILES.join(', ')} in this folder. Name the file: atalaya check FILE`)
  try {
    const { config, warnings } = await loadNamed(found, {}, context)
    if (json)
      context.stdout.write(`${JSON.stringify({ valid: true, file: found, ...summary(config), warnings }, undefined, 2)}\n`)
    else context.stdout.write(describe(found, config, warnings))
    return EXIT.fine
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    if (json) context.stdout.write(`${JSON.stringify({ valid: false, file: found, problems: error.problems }, undefined, 2)}\n`)
    else context.stderr.write(`${error.message}\n`)
    return EXIT.badConfig
  }
}

function describe(file: string, config: Config, warnings: readonly string[]): string {
  const [address] = addressesOf(config.server.host, config.server.port, config.basePath)
  const count = config.cameras.size === 1 ? '1 camera' : `${config.cameras.size} cameras`
  const rows = [...config.cameras.values()].map((camera) => [camera.id, sourceOf(camera), notesOn(camera)])
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return [
    `${file} is valid: ${count}, to be served at ${address}`,
    ...rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd()),
    ...warnings.map((warning) => `warning: ${warning}`),
    '',
  ].join('\n')
}

function sourceOf({ source }: CameraConfig): string {
  return source.kind === 'test' ? `test:${source.pattern}` : shownAddress(source.url)
}

function notesOn(camera: CameraConfig): string {
  const size = camera.width === undefined && camera.height === undefined ? [] : [`${camera.width ?? ''}x${camera.height ?? ''}`]
  return [
    ...(camera.name === camera.id ? [] : [camera.name]),
    ...(camera.source.kind === 'rtsp' && camera.source.url.credentials ? ['with login'] : []),
    ...(camera.connect === 'on-demand' ? ['on demand'] : []),
    ...size,
    ...(camera.fps === undefined ? [] : [`${camera.fps} fps`]),
    ...(camera.default ? ['default'] : []),
  ].join(', ')
}

function summary({ server, auth, cameras }: Config) {
  return {
    server,
    auth: auth ?? null,
    cameras: [...cameras.values()].map((camera) => ({
      id: camera.id,
      name: camera.name,
      source: sourceOf(camera),
      hasLogin: camera.source.kind === 'rtsp' && camera.source.url.credentials !== undefined,
      connect: camera.connect,
      default: camera.default,
      width: camera.width ?? null,
      height: camera.height ?? null,
      fps: camera.fps ?? null,
      quality: camera.quality,
    })),
  }
}
