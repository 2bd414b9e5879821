import { AtalayaError } from '../api/errors.ts'
import type { CameraConfig, Config } from '../config/config.ts'
import { ConfigError } from '../config/config-error.ts'
import { shownSource } from '../config/shown-source.ts'
import { ChosenEngines } from '../engine/chosen-engines.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { addressesOf, partsOf } from './addresses.ts'
import { chooseConfig, loadNamed } from './choose-config.ts'
import { type CommandContext, EXIT, UsageError } from './command-context.ts'
import { CONFIG_FILES, findConfigFile } from './find-config-file.ts'
import { formatFindings } from './inspection/format-findings.ts'
import { type InspectedStream, inspectCameras } from './inspection/inspect-cameras.ts'
import { isCameraAddress } from './is-camera-address.ts'

export interface CheckOptions {
  /** A configuration file, or addresses of cameras; none: the configuration of the current folder. */
  readonly targets: readonly string[]
  /** Open every camera too. Addresses are always opened: there is nothing else to check about them. */
  readonly connect: boolean
  readonly json: boolean
}

/**
 * Validates a configuration and says what is in it, or everything that is wrong with it; with `connect` opens its cameras
 * and says what they send. No line holds a secret.
 * @throws {UsageError} when there is nothing to check.
 */
export async function check({ targets, connect, json }: CheckOptions, context: CommandContext): Promise<number> {
  if (targets.some(isCameraAddress)) return checkAddresses(targets, json, context)
  const [file, ...others] = targets
  if (others.length > 0) throw new UsageError('Check one configuration at a time, or addresses of cameras.')
  const found = file ?? findConfigFile(context.folder)
  if (found === undefined)
    throw new UsageError(`There is no ${CONFIG_FILES.join(', ')} in this folder. Name the file: atalaya check FILE`)
  try {
    const { config, warnings } = await loadNamed(found, {}, context)
    if (!json) context.stdout.write(describe(found, config, warnings))
    await using engines = new ChosenEngines(SILENT_LOG, config.engine)
    const engine = await describeEngine(engines)
    if (!json) context.stdout.write(`${engine}\n`)
    const inspected = connect ? await inspectCameras([...config.cameras.values()], engines, context) : undefined
    const { name = null } = engines
    if (json) writeJson({ valid: true, file: found, engine: name, ...summary(config, inspected), warnings }, context)
    else if (inspected) context.stdout.write(`\n${report(inspected)}`)
    return exitCode(inspected)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    if (json) writeJson({ valid: false, file: found, problems: error.problems }, context)
    else context.stderr.write(`${error.message}\n`)
    return EXIT.badConfig
  }
}

async function checkAddresses(targets: readonly string[], json: boolean, context: CommandContext): Promise<number> {
  const file = targets.find((target) => !isCameraAddress(target))
  if (file !== undefined) throw new UsageError(`Give a configuration or addresses of cameras, not both: ${file}`)
  const { config } = await chooseConfig({ sources: targets, file: undefined, demo: false, overrides: {} }, context)
  await using engines = new ChosenEngines(SILENT_LOG, config.engine)
  const inspected = await inspectCameras([...config.cameras.values()], engines, context)
  if (json)
    writeJson({ valid: true, file: null, engine: engines.name ?? null, ...summary(config, inspected), warnings: [] }, context)
  else context.stdout.write(report(inspected))
  return exitCode(inspected)
}

async function describeEngine(engines: ChosenEngines): Promise<string> {
  try {
    return `Pictures are decoded by ${await engines.describe()}.`
  } catch (error) {
    if (!(error instanceof AtalayaError)) throw error
    return `warning: ${error.message}`
  }
}

function exitCode(inspected: readonly InspectedStream[] | undefined): number {
  return inspected?.some(({ findings }) => !findings.givesPictures) ? EXIT.failed : EXIT.fine
}

function writeJson(value: unknown, { stdout }: CommandContext): void {
  stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
}

function report(inspected: readonly InspectedStream[]): string {
  const blocks = inspected.map(({ camera, stream, findings, advice, steps }) => {
    const name = [...(camera.name === camera.id ? [] : [camera.name]), ...(stream === 'sub' ? ['(sub stream)'] : [])]
    return formatFindings([camera.id, ...name, shownSource(camera.source)].join('  '), findings, advice, steps)
  })
  return `${blocks.join('\n')}\n${verdict(inspected)}\n`
}

function verdict(inspected: readonly InspectedStream[]): string {
  const working = inspected.filter(({ findings }) => findings.givesPictures).length
  if (inspected.length === 1) return `The camera gave ${working === 1 ? 'a' : 'no'} picture.`
  return `${working === inspected.length ? 'All' : `${working} of`} ${inspected.length} streams gave a picture.`
}

function describe(file: string, config: Config, warnings: readonly string[]): string {
  const [address] = addressesOf(config.server.host, config.server.port, partsOf(config))
  const count = config.cameras.size === 1 ? '1 camera' : `${config.cameras.size} cameras`
  const rows = [...config.cameras.values()].map((camera) => [camera.id, shownSource(camera.source), notesOn(camera)])
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return [
    `${file} is valid: ${count}, to be served at ${address}`,
    ...rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd()),
    ...warnings.map((warning) => `warning: ${warning}`),
    '',
  ].join('\n')
}

function notesOn(camera: CameraConfig): string {
  const size = camera.width === undefined && camera.height === undefined ? [] : [`${camera.width ?? ''}x${camera.height ?? ''}`]
  return [
    ...(camera.name === camera.id ? [] : [camera.name]),
    ...('url' in camera.source && camera.source.url.credentials ? ['with login'] : []),
    ...(camera.connect === 'on-demand' ? ['on demand'] : []),
    ...size,
    ...(camera.fps === undefined ? [] : [`${camera.fps} fps`]),
    ...(camera.default ? ['default'] : []),
  ].join(', ')
}

function summary({ server, auth, cameras }: Config, inspected: readonly InspectedStream[] | undefined) {
  return {
    server,
    auth: auth ?? null,
    cameras: [...cameras.values()].map((camera) => ({
      id: camera.id,
      name: camera.name,
      source: shownSource(camera.source),
      hasLogin: 'url' in camera.source && camera.source.url.credentials !== undefined,
      connect: camera.connect,
      default: camera.default,
      width: camera.width ?? null,
      height: camera.height ?? null,
      fps: camera.fps ?? null,
      quality: camera.quality,
      ...foundOf(camera, inspected),
    })),
  }
}

/** Under `main` and `sub` what was found of the camera's streams, where they were opened. */
function foundOf({ id }: CameraConfig, inspected: readonly InspectedStream[] = []) {
  const streams = inspected.filter(({ camera }) => camera.id === id)
  return Object.fromEntries(streams.map(({ stream, findings, advice, steps }) => [stream, { ...findings, advice, steps }]))
}
