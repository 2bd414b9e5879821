import { AtalayaError } from '../../api/errors.ts'
import { recognizeBrand } from '../../config/brands.ts'
import { sourceFromText } from '../../config/camera-source.ts'
import type { SourceConfig } from '../../config/config.ts'
import { isHost } from '../../config/is-host.ts'
import { CAMERA_ID } from '../../config/schema.ts'
import type { ImportedCamera, ImportNote } from './imported-config.ts'
import { hiddenAddress, separateCredentials } from './separate-credentials.ts'
import { EXAMPLE, exampleOf, hasPlaceForFallback, type Template, toConfigText } from './template.ts'

/** A camera as our configuration has it: its id, and its keys in order. Secrets are marked. */
export interface YamlCamera {
  readonly id: string
  readonly settings: readonly YamlSetting[]
}

interface YamlSetting {
  readonly key: 'name' | 'ip' | 'user' | 'password' | 'url' | 'connect'
  readonly value: Template
}

/** Brings cameras into our form: valid ids, credentials beside the address. What this version cannot open is left out, with a note. */
export function toYamlCameras(cameras: readonly ImportedCamera[], notes: ImportNote[]): YamlCamera[] {
  const ids = new Set<string>()
  return cameras.flatMap((camera, index) => {
    const refusal = whyNot(camera)
    if (refusal !== undefined) {
      notes.push({ line: camera.line, message: `camera ${camera.id} is not carried over: ${refusal}` })
      return []
    }
    const id = validId(camera.id, index, ids)
    ids.add(id)
    if (id !== camera.id)
      notes.push({
        line: camera.line,
        message: `camera ${JSON.stringify(camera.id)} is called ${id} here: ids are part of addresses`,
      })
    const brand = brandOf(camera)
    if (brand !== undefined) notes.push({ line: camera.line, message: `camera ${id} ${brand}` })
    return [{ id, settings: settingsOf(camera, notes) }]
  })
}

/** The text of `atalaya.yaml`. Secrets in plain text are shown as `***` unless they are wanted. */
export function formatYaml(
  cameras: readonly YamlCamera[],
  { port, head, withSecrets }: { port: number | undefined; head: readonly string[]; withSecrets: boolean },
): string {
  const lines = cameras.flatMap(({ id, settings }) => [
    `  ${JSON.stringify(id)}:`,
    ...settings.map(
      (setting) => `    ${setting.key}: ${JSON.stringify(toConfigText(withSecrets ? setting.value : shown(setting)))}`,
    ),
  ])
  const server = port === undefined ? [] : [`server: { port: ${port} }`]
  return [...head.map((line) => `# ${line}`.trimEnd()), ...server, 'cameras:', ...lines, ''].join('\n')
}

/** Whether something of it is not for a screen. */
export function hasSecrets(cameras: readonly YamlCamera[]): boolean {
  return cameras.some(({ settings }) => settings.some((setting) => toConfigText(shown(setting)) !== toConfigText(setting.value)))
}

/** Defaults of variables may be secrets too. */
function shown({ key, value }: YamlSetting): Template {
  const secret = key === 'password'
  if (!secret && key !== 'url') return value
  const visible = secret ? value : hiddenAddress(value)
  return visible.map((part) => {
    if (typeof part === 'string') return secret ? '***' : part
    return { ...part, fallback: part.fallback && '***' }
  })
}

/** What may be added to a camera whose address is one of the table of brands. */
function brandOf(camera: ImportedCamera): string | undefined {
  const source = exampleSource(camera)
  const found = source.kind === 'rtsp' ? recognizeBrand(source.url.path) : undefined
  if (!found) return undefined
  const lines = found.brands.map((name) => `brand: ${name}`).join(' or ')
  const channel = found.channel === 1 ? '' : ` and channel: ${found.channel}`
  return `can be moved as well, if it has a motor, with ${lines}${channel} beside its address`
}

function exampleSource({ address, ip }: ImportedCamera): SourceConfig {
  return sourceFromText(exampleAddress(separateCredentials(address).url), ip && exampleOf(ip))
}

function whyNot(camera: ImportedCamera): string | undefined {
  try {
    exampleSource(camera)
    return undefined
  } catch (error) {
    if (error instanceof AtalayaError) return error.message
    throw error
  }
}

/** A variable alone is a whole address. */
function exampleAddress(url: Template): string {
  const [part, ...others] = url
  return typeof part === 'object' && others.length === 0 && !part.fallback ? EXAMPLE_ADDRESS : exampleOf(url)
}

const EXAMPLE_ADDRESS = 'rtsp://camera/'

/** An environment in which the configuration is complete: all variables that have no default are set. */
export function exampleEnvironment(cameras: readonly YamlCamera[]): Record<string, string> {
  const parts = cameras.flatMap(({ settings }) =>
    settings.flatMap(({ key, value }) => value.map((part) => ({ part, isAddress: key === 'url' && value.length === 1 }))),
  )
  return Object.fromEntries(
    parts.flatMap(({ part, isAddress }) => {
      if (typeof part === 'string' || (part.fallback && hasPlaceForFallback(part.fallback))) return []
      return [[part.variable, isAddress ? EXAMPLE_ADDRESS : EXAMPLE]]
    }),
  )
}

function validId(id: string, index: number, taken: ReadonlySet<string>): string {
  const plain = id.normalize('NFD').replaceAll(/\p{M}/gu, '')
  const words = plain
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replaceAll(/^[-.]+|-+$/g, '')
    .slice(0, 60)
  const valid = CAMERA_ID.test(id) ? id : CAMERA_ID.test(words) ? words : String(index + 1)
  for (let count = 1; ; count++) {
    const free = count === 1 ? valid : `${valid}-${count}`
    if (!taken.has(free)) return free
  }
}

function settingsOf(camera: ImportedCamera, notes: ImportNote[]): YamlSetting[] {
  const { name, ip, onDemand, line, id } = camera
  const inside = separateCredentials(camera.address)
  // What stands in the address is what the other service logged in with.
  const [user, password] = inside.user ? [inside.user, inside.password] : [camera.user, camera.user && camera.password]
  const settings: YamlSetting[] = []
  const add = (key: YamlSetting['key'], value: Template | undefined) => {
    if (value === undefined) return
    settings.push({ key, value })
    if (value.some((part) => typeof part !== 'string' && part.fallback !== undefined && !hasPlaceForFallback(part.fallback)))
      notes.push({ line, message: `camera ${id}: the default of ${key} cannot stand inside \${…}: set the variable` })
  }
  add('name', name)
  add('ip', ip && isHost(exampleOf(ip)) ? ip : undefined)
  add('user', user)
  add('password', password)
  add('url', inside.url)
  if (camera.user && user && toConfigText(camera.user) !== toConfigText(user))
    notes.push({ line, message: `camera ${id}: the user in its address is taken, which is another than the one beside it` })
  if (onDemand) add('connect', ['on-demand'])
  return settings
}
