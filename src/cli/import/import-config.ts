import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { ConfigError } from '../../config/config-error.ts'
import { parseConfigText } from '../../config/load-config.ts'
import { type CommandContext, CommandError, EXIT, UsageError } from '../command-context.ts'
import { writeWholeFile } from '../write-whole-file.ts'
import { exampleEnvironment, formatYaml, hasSecrets, toYamlCameras } from './build-yaml.ts'
import { detectFormat } from './detect-format.ts'
import type { ImportedCamera, ImportNote } from './imported-config.ts'

export interface ImportOptions {
  readonly files: readonly string[]
  /** Absent: stdout, with passwords hidden. */
  readonly output: string | undefined
  /** Write over a file that exists. */
  readonly force: boolean
}

/**
 * Makes our configuration of another service's. Passwords go into the file and nowhere else.
 * @throws {CommandError} when a file cannot be read, is of no known kind, or has no camera that can be opened here.
 */
export async function importConfig({ files, output, force }: ImportOptions, context: CommandContext): Promise<number> {
  const target = output === undefined || output === '-' ? undefined : resolve(context.folder, output)
  if (target && !force && existsSync(target)) throw new UsageError(`${output} exists: choose another name, or say --force.`)
  const found = await readAll(files, context)
  const cameras = toYamlCameras(found.cameras, found.notes)
  const notes = found.notes.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)).map((note) => formatNote(note, found.file))
  for (const note of notes) context.stderr.write(`${note}\n`)
  if (cameras.length === 0) throw new CommandError(`No camera was found in ${files.join(', ')}.`)
  const write = (withSecrets: boolean, advice: readonly string[]) =>
    formatYaml(cameras, {
      port: found.port,
      withSecrets,
      head: [...headOf(found.service, files), ...advice, ...notes.map((note) => `  ${note}`)],
    })
  const whole = write(true, notes.length > 0 ? ['Not carried over, or not as it was:'] : [])
  prove(whole, exampleEnvironment(cameras))
  if (target && output) {
    await save(target, output, whole)
    context.stderr.write(`${output}: ${count(cameras.length)}, readable by you alone. Next: atalaya check ${output} --connect\n`)
  } else {
    const isHidden = hasSecrets(cameras)
    context.stdout.write(write(false, [...(isHidden ? ['Passwords are hidden here: -o atalaya.yaml writes them.'] : [])]))
  }
  return EXIT.fine
}

interface Found {
  readonly service: string
  readonly cameras: ImportedCamera[]
  readonly notes: ImportNote[]
  port: number | undefined
  /** The one file that lines are counted in; with several files their names stand in the notes. */
  readonly file: string | undefined
}

async function readAll(files: readonly string[], { folder }: CommandContext): Promise<Found> {
  const cameras: ImportedCamera[] = []
  const notes: ImportNote[] = []
  const services = new Set<string>()
  let port: number | undefined
  for (const file of files) {
    const format = detectFormat(await read(resolve(folder, file), file))
    if (!format) throw new CommandError(`${file} is no configuration that is known here: ${KNOWN}.`)
    const imported = format.read()
    services.add(format.service)
    port ??= imported.port
    const isOne = files.length === 1
    notes.push(...imported.notes.map((note) => (isOne ? note : { line: undefined, message: formatNote(note, file) })))
    cameras.push(
      ...imported.cameras.map((camera) => (isOne ? camera : { ...camera, line: undefined, id: camera.id || nameOf(file) })),
    )
  }
  return { service: [...services].join(', '), cameras, notes, port, file: files.length === 1 ? files[0] : undefined }
}

const KNOWN = 'it takes config.py of a Flask or FastAPI service, go2rtc.yaml, mediamtx.yml, and camera*.conf of motion'
const MAX_CHARACTERS = 1_048_576

async function read(path: string, shown: string): Promise<string> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new CommandError(`${shown} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`, {
      cause: error,
    })
  }
  if (text.length > MAX_CHARACTERS) throw new CommandError(`${shown} is larger than 1 MiB: this is no configuration.`)
  return text
}

function nameOf(file: string): string {
  return basename(file).replace(/\.[^.]*$/, '')
}

function formatNote({ line, message }: ImportNote, file: string | undefined): string {
  const place = [file, line].filter((part) => part !== undefined).join(':')
  return (place ? `${place}: ${message}` : message).replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ')
}

function headOf(service: string, files: readonly string[]): string[] {
  return [
    `Made by atalaya import from ${files.map((file) => basename(file)).join(', ')} (${service}). Every key: docs/configuration.md`,
  ]
}

function count(cameras: number): string {
  return cameras === 1 ? '1 camera' : `${cameras} cameras`
}

/** What is written must be what `atalaya check` accepts, whatever the variables will be. */
function prove(text: string, environment: Readonly<Record<string, string>>): void {
  try {
    parseConfigText(text, { file: 'the result', environment })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new CommandError(`What was read makes no valid configuration:\n${error.message}`, { cause: error })
  }
}

async function save(target: string, shown: string, text: string): Promise<void> {
  try {
    await writeWholeFile(target, text, 0o600)
  } catch (error) {
    throw new CommandError(`${shown} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`, {
      cause: error,
    })
  }
}
