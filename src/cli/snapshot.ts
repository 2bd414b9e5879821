import { resolve } from 'node:path'
import { Camera } from '../cameras/camera.ts'
import type { CameraConfig, Config } from '../config/config.ts'
import { takeSnapshot } from '../delivery/snapshot.ts'
import { ChosenEngines } from '../engine/chosen-engines.ts'
import type { Picture } from '../media/picture.ts'
import type { RenditionRequest } from '../media/rendition.ts'
import { openSource } from '../sources/open-source.ts'
import { SILENT_LOG } from '../telemetry/log.ts'
import { chooseConfig, loadNamed } from './choose-config.ts'
import { type CommandContext, CommandError, EXIT, UsageError } from './command-context.ts'
import { CONFIG_FILES, findConfigFile } from './find-config-file.ts'
import { isCameraAddress } from './is-camera-address.ts'
import { ProgressLine } from './progress-line.ts'
import { ShutdownSignal } from './shutdown-signal.ts'
import { writeWholeFile } from './write-whole-file.ts'

export interface SnapshotOptions extends Pick<RenditionRequest, 'width' | 'height' | 'quality'> {
  /** The id of a configured camera, or an address. */
  readonly camera: string
  /** Absent: the configuration of the current folder. */
  readonly config: string | undefined
  /** A file; `-` or absent: stdout. */
  readonly output: string | undefined
  /** Seconds. */
  readonly wait: number
}

/**
 * Takes one picture of a camera, opening it itself: no gateway has to run.
 * @throws {UsageError} when there is no such camera, or a JPEG would end up on a terminal.
 * @throws {AtalayaError} as `Camera.picture` does.
 */
export async function snapshot(options: SnapshotOptions, context: CommandContext): Promise<number> {
  const { output = '-' } = options
  if (output === '-' && context.stdout.isTTY) {
    throw new UsageError(
      `A JPEG is nothing for a terminal. Write it to a file: atalaya snapshot ${shownTarget(options)} -o picture.jpg`,
    )
  }
  const found = await findCamera(options, context)
  const picture = await take(found, options, context)
  if (output === '-') await writeOut(picture.data, context)
  else await writeFile(output, picture, context)
  return EXIT.fine
}

/** An address may hold a password. */
function shownTarget({ camera }: SnapshotOptions): string {
  return isCameraAddress(camera) ? 'ADDRESS' : camera
}

/** A camera, and what decodes its pictures. */
interface FoundCamera extends Pick<Config, 'engine'> {
  readonly camera: CameraConfig
}

async function findCamera({ camera, config }: SnapshotOptions, context: CommandContext): Promise<FoundCamera> {
  // A number is a USB camera, unless the configuration has a camera of that id.
  const named = /^\d+$/.test(camera) ? await findById(camera, config, context) : undefined
  if (named) return named
  if (isCameraAddress(camera)) {
    const chosen = (await chooseConfig({ sources: [camera], file: config, demo: false, overrides: {} }, context)).config
    return { camera: [...chosen.cameras.values()][0] as CameraConfig, engine: chosen.engine }
  }
  const file = config ?? findConfigFile(context.folder)
  if (file === undefined) {
    throw new UsageError(
      `There is no ${CONFIG_FILES.join(', ')} in this folder to look camera ${camera} up in: name one with --config.`,
    )
  }
  const { cameras, engine } = (await loadNamed(file, {}, context)).config
  const found = cameras.get(camera)
  if (found) return { camera: found, engine }
  throw new UsageError(`${file} has no camera ${camera}. It has: ${[...cameras.keys()].join(', ')}.`)
}

async function findById(id: string, config: string | undefined, context: CommandContext): Promise<FoundCamera | undefined> {
  const file = config ?? findConfigFile(context.folder)
  if (file === undefined) return undefined
  const { cameras, engine } = (await loadNamed(file, {}, context)).config
  const camera = cameras.get(id)
  return camera && { camera, engine }
}

async function take(found: FoundCamera, { wait, ...request }: SnapshotOptions, context: CommandContext): Promise<Picture> {
  const interruption = new AbortController()
  using shutdown = new ShutdownSignal(context.signals, () => process.exit(EXIT.failed))
  shutdown.received.then(
    () => interruption.abort(),
    (error: unknown) => interruption.abort(error),
  )
  using progress = new ProgressLine(context.stderr)
  progress.show(`Waiting for a picture of ${found.camera.name}, at most ${wait} s …`)
  await using engines = new ChosenEngines(SILENT_LOG, found.engine)
  engines.start()
  const parts = { engines, log: SILENT_LOG }
  await using camera = new Camera(
    { ...found.camera, connect: 'on-demand' },
    {
      ...parts,
      openSource: (source) => openSource(source, parts),
    },
  )
  camera.start()
  return await takeSnapshot(camera, { request, wait }, interruption.signal)
}

async function writeOut(data: Uint8Array, { stdout }: CommandContext): Promise<void> {
  await new Promise<void>((done, reject) => stdout.write(data, (error) => (error ? reject(error) : done())))
}

async function writeFile(output: string, { data, width, height }: Picture, { folder, stderr }: CommandContext): Promise<void> {
  try {
    await writeWholeFile(resolve(folder, output), data)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CommandError(`${output} cannot be written (${code ?? 'unknown reason'}).`, { cause: error })
  }
  stderr.write(`${output}: ${width}x${height}, ${Math.ceil(data.length / 1024)} KiB\n`)
}
