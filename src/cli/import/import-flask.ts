import type { ImportedCamera, ImportedConfig, ImportNote } from './imported-config.ts'
import { type PythonValue, templateOf } from './python-values.ts'
import { type PythonModule, readPython } from './read-python.ts'
import { exampleOf, literalOf, type Template } from './template.ts'

/** Reads `config.py` of a Flask or FastAPI service with OpenCV: a dict or a list of cameras, or one address. Python is not run. */
export function importFlask(source: string): ImportedConfig {
  const python = readPython(source)
  const chosen = chooseCameras(python)
  const names = cameraNames(python)
  const notes: ImportNote[] = [...python.notes]
  const cameras = chosen.flatMap(({ id, value, line }) => {
    const camera = toCamera(id, value, line, notes)
    if (!camera) return []
    const name = camera.name ?? names.get(id)
    return [{ ...camera, ...(name && { name }) }]
  })
  const port = portOf(python)
  const taken = new Set([...chosen.map(({ variable }) => variable), ...python.used, ...PORT_NAMES, ...NAMES_NAMES])
  for (const [name, { value, line }] of python.values) {
    if (taken.has(name) || !(isCameraName(name) || name === name.toUpperCase())) continue
    if (value.kind === 'unknown' && isCameraName(name)) notes.push({ line: value.line, message: `${name}: ${value.why}` })
    else notes.push({ line, message: NOTES[name.toUpperCase()] ?? `${name} is not carried over` })
  }
  return { cameras, notes: notes.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)), ...(port !== undefined && { port }) }
}

interface Candidate {
  readonly variable: string
  readonly id: string
  readonly value: PythonValue
  readonly line: number
}

/** What the variable with the best name holds; other variables with addresses are said to be left out. */
function chooseCameras({ values, used }: PythonModule): Candidate[] {
  const groups = [...values].flatMap(([variable, { value, line }]) => {
    const entries = entriesOf(variable, value, line)
    return entries.some((entry) => looksLikeCamera(entry.value)) ? [{ variable, entries }] : []
  })
  const rank = ({ variable, entries }: { variable: string; entries: Candidate[] }) =>
    (isCameraName(variable) ? 0 : 4) + (used.has(variable) ? 2 : 0) + (entries.length > 1 ? 0 : 1)
  const [best] = groups.toSorted((a, b) => rank(a) - rank(b))
  return best?.entries ?? []
}

function entriesOf(variable: string, value: PythonValue, line: number): Candidate[] {
  if (value.kind === 'dict' && !looksLikeCamera(value)) {
    return value.entries.map((entry) => ({
      variable,
      id: literalOf(templateOf(entry.key) ?? []) ?? '',
      value: entry.value,
      line: entry.line,
    }))
  }
  if (value.kind === 'list') {
    return value.items.map((item, index) => ({
      variable,
      id: idOf(item) ?? String(index + 1),
      value: item,
      line: lineOf(item) ?? value.line,
    }))
  }
  return [{ variable, id: '1', value, line }]
}

function lineOf(value: PythonValue): number | undefined {
  return 'line' in value ? value.line : undefined
}

function idOf(value: PythonValue): string | undefined {
  const template = templateOf(field(value, ['id', 'cam_id', 'camera_id']))
  return template && literalOf(template)
}

function looksLikeCamera(value: PythonValue): boolean {
  const template = templateOf(value)
  if (template && value.kind === 'text') return exampleOf(template).includes('://')
  return value.kind === 'dict' && field(value, ADDRESS_KEYS) !== undefined
}

function isCameraName(name: string): boolean {
  return /cam|rtsp|stream|url|video/i.test(name)
}

const ADDRESS_KEYS = ['rtsp', 'url', 'rtsp_url', 'stream_url', 'stream', 'source', 'src', 'uri', 'address', 'direccion']
const FIELD_KEYS = {
  ip: ['ip', 'host', 'ip_address'],
  user: ['user', 'username', 'usuario', 'login'],
  password: ['password', 'passwd', 'pass', 'pwd', 'contrasena', 'contraseña', 'clave'],
  name: ['name', 'nombre', 'label', 'title', 'titulo'],
} as const

/** The value of the first of these keys that a dict has, whatever its case. */
function field(value: PythonValue, keys: readonly string[]): PythonValue | undefined {
  if (value.kind !== 'dict') return undefined
  const keyOf = (key: PythonValue) => literalOf(templateOf(key) ?? [])?.toLowerCase()
  return keys.map((key) => value.entries.find((entry) => keyOf(entry.key) === key)?.value).find((found) => found !== undefined)
}

function toCamera(id: string, value: PythonValue, line: number, notes: ImportNote[]): ImportedCamera | undefined {
  const source = value.kind === 'dict' ? field(value, ADDRESS_KEYS) : value
  const address = templateOf(source)
  if (!address) {
    const why = source?.kind === 'unknown' ? source.why : 'its address is no text'
    notes.push({ line: source?.kind === 'unknown' ? source.line : line, message: `camera ${id} is not carried over: ${why}` })
    return undefined
  }
  const known = new Map<string, Template>()
  for (const [key, aliases] of Object.entries(FIELD_KEYS)) {
    const found = field(value, aliases)
    const template = templateOf(found)
    if (template && literalOf(template) !== '') known.set(key, template)
    else if (found?.kind === 'unknown')
      notes.push({ line: found.line, message: `camera ${id}: its ${key} is not carried over: ${found.why}` })
  }
  noteOtherKeys(id, value, notes)
  return { id, line, address, ...Object.fromEntries(known) }
}

function noteOtherKeys(id: string, value: PythonValue, notes: ImportNote[]): void {
  if (value.kind !== 'dict') return
  const known = new Set<string>([...ADDRESS_KEYS, ...Object.values(FIELD_KEYS).flat(), 'id', 'cam_id', 'camera_id'])
  for (const { key, line } of value.entries) {
    const name = literalOf(templateOf(key) ?? [])
    if (name === undefined || !known.has(name.toLowerCase()))
      notes.push({ line, message: `camera ${id}: ${name ?? 'a key'} is not carried over` })
  }
}

const PORT_NAMES = ['PORT', 'FLASK_PORT', 'SERVER_PORT', 'PUERTO']
const NAMES_NAMES = ['CAMERA_NAMES', 'NAMES', 'NOMBRES', 'CAMERA_LABELS']

function portOf({ values }: PythonModule): number | undefined {
  const value = PORT_NAMES.map((name) => values.get(name)?.value).find((found) => found !== undefined)
  const text = value && literalOf(templateOf(value) ?? [])
  return text && /^\d{1,5}$/.test(text) ? Number(text) : undefined
}

/** `CAMERA_NAMES = {'1': 'Arena'}`. */
function cameraNames({ values }: PythonModule): Map<string, Template> {
  const names = NAMES_NAMES.map((name) => values.get(name)?.value).find((found) => found?.kind === 'dict')
  if (names?.kind !== 'dict') return new Map()
  return new Map(
    names.entries.flatMap(({ key, value }) => {
      const [id, name] = [literalOf(templateOf(key) ?? []), templateOf(value)]
      return id && name ? [[id, name] as const] : []
    }),
  )
}

/** What is worth a better sentence than that it is left out. */
const NOTES: Readonly<Record<string, string>> = {
  HOST: 'HOST is not carried over: others than this machine are let in by server.host together with auth, see docs/configuration.md',
  DEBUG: 'DEBUG is not carried over: atalaya serve --log-level debug says more',
}
