import type { ImportedCamera, ImportedConfig, ImportNote } from './imported-config.ts'
import type { YamlEntry } from './yaml-entries.ts'

/** Reads the `paths:` of a mediamtx.yml that have a `source:`. */
export function importMediamtx(entries: readonly YamlEntry[]): ImportedConfig {
  const notes: ImportNote[] = []
  const defaults = entries.find(({ key }) => key === 'pathDefaults')?.entries ?? []
  const cameras = (entries.find(({ key }) => key === 'paths')?.entries ?? []).flatMap((path) => toCamera(path, defaults, notes))
  for (const { key, line } of entries) {
    if (key === 'paths') continue
    if (key === 'pathDefaults' && defaults.every(({ key: name }) => CARRIED.has(name))) continue
    notes.push({ line, message: `${key}: is not carried over` })
  }
  return { cameras, notes }
}

function toCamera({ key: id, line, entries }: YamlEntry, defaults: readonly YamlEntry[], notes: ImportNote[]): ImportedCamera[] {
  const setting = (name: string) => [...entries, ...defaults].find(({ key }) => key === name)?.texts[0]
  const source = setting('source') ?? 'publisher'
  if (id.startsWith('~') || id === 'all' || id === 'all_others') {
    notes.push({ line, message: `${id} is not carried over: it stands for many cameras; write each one out` })
    return []
  }
  if (!source.includes('://')) {
    notes.push({ line, message: `${id} is not carried over: nobody can publish to this service, it fetches from cameras itself` })
    return []
  }
  for (const { key, line: at } of entries)
    if (!CARRIED.has(key)) notes.push({ line: at, message: `${id}: ${key} is not carried over` })
  return [{ id, line, address: [source], onDemand: /^(?:yes|true|on)$/i.test(setting('sourceOnDemand') ?? '') }]
}

const CARRIED: ReadonlySet<string> = new Set(['source', 'sourceOnDemand'])
